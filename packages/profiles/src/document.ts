// YAML (or JSON) text to plain data, with every limit checked first, and positions for messages.
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  Parser,
  visit,
  type Document,
  type Node,
} from 'yaml';

/** Largest profile file, in bytes. Ours are below 4 KiB. */
export const PROFILE_BYTES_MAX = 64 * 1024;
/** Deepest nesting that the parser may see; a profile needs about 8. Deeper text can exhaust the stack. */
const DEPTH_MAX = 48;
/** Most times that anchors may be expanded; bounds the data that small text can grow into. */
const ALIASES_MAX = 50;

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface DocumentFault extends Partial<Position> {
  readonly message: string;
}

export interface ParsedDocument {
  readonly data: unknown;
  /** Where the value (or the key) of a path is written; the nearest thing above it if it is nowhere. */
  locate(path: readonly PropertyKey[], atKey: boolean): Position;
}

/** The data of the text, or why there is none. Never throws. */
export function parseText(text: string): ParsedDocument | { faults: DocumentFault[] } {
  if (new TextEncoder().encode(text).length > PROFILE_BYTES_MAX) {
    return { faults: [{ message: 'is larger than 64 KiB' }] };
  }
  try {
    return parseBounded(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { faults: [{ message: `cannot be read as YAML: ${reason}` }] };
  }
}

function parseBounded(text: string): ParsedDocument | { faults: DocumentFault[] } {
  const lines = new LineCounter();
  if (isTooDeep(text)) return { faults: [{ message: `is nested deeper than ${String(DEPTH_MAX)} levels` }] };
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const faults: DocumentFault[] = [...doc.errors, ...doc.warnings].map((error) => ({
    message: `is not valid YAML here: ${error.message}`,
    ...positionOf(lines, error.pos[0]),
  }));
  faults.push(...forbiddenKeys(doc, lines));
  if (faults.length > 0) return { faults };
  const data: unknown = doc.toJS({ maxAliasCount: ALIASES_MAX });
  return {
    data: withoutEmpty(data),
    locate: (path, atKey) => positionOf(lines, offsetOf(doc, path, atKey)),
  };
}

/** Counts open collections while the text is only being tokenised, which needs no recursion. */
function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > DEPTH_MAX) return true;
  }
  return false;
}

function forbiddenKeys(doc: Document.Parsed, lines: LineCounter): DocumentFault[] {
  const faults: DocumentFault[] = [];
  visit(doc, {
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__') {
        faults.push({
          message: '"__proto__" is not allowed as a key',
          ...positionOf(lines, startOf(pair.key)),
        });
      }
    },
  });
  return faults;
}

/** What stands in these becomes a file of the agent: its null is data. */
const AGENT_DATA = ['spawn_settings', 'files'];

/** A key without a value counts as absent, except in what becomes a file. */
function withoutEmpty(data: unknown, key = ''): unknown {
  if (Array.isArray(data)) return data.map((entry: unknown) => withoutEmpty(entry));
  if (typeof data !== 'object' || data === null || AGENT_DATA.includes(key)) return data;
  return Object.fromEntries(
    Object.entries(data)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, withoutEmpty(value, name)]),
  );
}

function offsetOf(doc: Document.Parsed, path: readonly PropertyKey[], atKey: boolean): number {
  let node: Node | null = doc.contents;
  let offset = startOf(node);
  for (const [index, part] of path.entries()) {
    const { key, value } = childOf(isAlias(node) ? (node.resolve(doc) ?? null) : node, part);
    if (key) offset = startOf(key);
    if (!value || (atKey && index === path.length - 1)) return offset;
    offset = startOf(value);
    node = value;
  }
  return offset;
}

function childOf(node: Node | null, part: PropertyKey): { key?: Node; value?: Node } {
  if (isSeq(node) && typeof part === 'number') {
    const item: unknown = node.items[part];
    return isNode(item) ? { value: item } : {};
  }
  const pair = isMap(node)
    ? node.items.find(({ key }) => isScalar(key) && String(key.value) === part)
    : undefined;
  return { ...(isNode(pair?.key) && { key: pair.key }), ...(isNode(pair?.value) && { value: pair.value }) };
}

const startOf = (node: Node | null): number => node?.range?.[0] ?? 0;

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
