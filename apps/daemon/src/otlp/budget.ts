// Bounds what a body may unfold to before it is decoded: two bytes of input can cost a hundred of memory.
import protobuf from 'protobufjs';
import { AppError } from '@roundhouse/protocol';

/** Messages, list items and fields of one request. The largest real one seen has about 60,000. */
export const maxNodes = 400_000;
/** Nesting. Real requests have about 12 levels; decoders recurse. */
export const maxDepth = 64;

const tooLarge = (what: string): AppError =>
  new AppError('BODY_TOO_LARGE', {
    message: `The telemetry request has ${what}`,
    hint: 'Export smaller batches.',
  });

class Budget {
  #left = maxNodes;

  spend(nodes: number): void {
    this.#left -= nodes;
    if (this.#left < 0) throw tooLarge(`more than ${String(maxNodes)} parts`);
  }

  descend(depth: number): number {
    if (depth >= maxDepth) throw tooLarge(`more than ${String(maxDepth)} levels`);
    return depth + 1;
  }
}

/**
 * Walks the wire format without building anything.
 * @throws AppError BODY_TOO_LARGE; RangeError or Error when the bytes are malformed.
 */
export function checkProtobuf(type: protobuf.Type, bytes: Uint8Array): void {
  const reader = protobuf.Reader.create(bytes);
  walk({ type, reader, end: reader.len, depth: 0, budget: new Budget() });
}

interface Walk {
  readonly type: protobuf.Type;
  readonly reader: protobuf.Reader;
  readonly end: number;
  readonly depth: number;
  readonly budget: Budget;
}

function walk({ type, reader, end, depth, budget }: Walk): void {
  const next = budget.descend(depth);
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    const field = type.fieldsById[tag >>> 3];
    budget.spend(1);
    if (wireType !== 2) {
      reader.skipType(wireType);
      continue;
    }
    const length = reader.uint32();
    const stop = reader.pos + length;
    if (stop > end) throw new RangeError(`a field ends beyond its message at byte ${String(reader.pos)}`);
    if (field?.resolvedType instanceof protobuf.Type) {
      walk({ type: field.resolvedType, reader, end: stop, depth: next, budget });
    } else {
      // Packed numbers become one item each; the smallest takes one byte, fixed ones eight.
      if (field?.packed === true)
        budget.spend(field.type.includes('fixed') || field.type === 'double' ? length / 8 : length);
      reader.skip(length);
    }
  }
  if (reader.pos !== end) throw new RangeError(`a message is cut short at byte ${String(end)}`);
}

const quote = 0x22;
const backslash = 0x5c;
/** What a byte outside of strings is to the count; anything else is nothing to it. */
const part = { separator: 1, opening: 2, closing: 3, quote: 4 } as const;
const partOf = new Uint8Array(256);
for (const letter of ',:') partOf[letter.charCodeAt(0)] = part.separator;
for (const letter of '{[') partOf[letter.charCodeAt(0)] = part.opening;
for (const letter of '}]') partOf[letter.charCodeAt(0)] = part.closing;
partOf[quote] = part.quote;

/**
 * Counts the parts of a JSON text, outside its strings; says nothing about whether it is well formed.
 * @throws AppError BODY_TOO_LARGE
 */
export function checkJson(bytes: Uint8Array): void {
  const budget = new Budget();
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
      continue;
    }
    const kind = partOf[byte] ?? 0;
    if (kind === 0) continue;
    if (kind === part.quote) inString = true;
    else if (kind === part.closing) depth -= 1;
    else {
      budget.spend(1);
      if (kind === part.opening) depth = budget.descend(depth);
    }
  }
}
