// What the head of a conversation's file says of it: id, directory, title. Pure.
import { createHash } from 'node:crypto';
import type { StorePlace, StoreRule } from '@roundhouse/profiles';

export interface StoreHead {
  readonly id: string | null;
  /** As the file has it: the directory, or its hash. */
  readonly cwd: string | null;
  readonly title: string | null;
}

const TITLE_MAX = 200;

export function readStoreHead(rule: StoreRule, name: string, head: Buffer): StoreHead {
  const lines = jsonLines(head);
  const at = (place: StorePlace | undefined): string | null => {
    if (!place) return null;
    if (place.from === 'name') return inName(place.match, name);
    for (const line of lines) {
      const value = valueAt(line, place.key);
      if (typeof value === 'string' && value !== '') return value;
    }
    return null;
  };
  const title = at(rule.title);
  return { id: at(rule.id), cwd: at(rule.cwd), title: title === null ? null : oneLine(title) };
}

/** Whether what the file says of its directory means this one. */
export function isCwd(rule: StoreRule, said: string | null, cwd: string): boolean {
  if (said === null) return false;
  const hashed = rule.cwd?.from === 'line' && rule.cwd.hash === 'sha256';
  return said === (hashed ? createHash('sha256').update(cwd).digest('hex') : cwd);
}

export function inName(match: string, name: string): string | null {
  try {
    const found = new RegExp(match, 'u').exec(name);
    return found?.[1] ?? found?.[0] ?? null;
  } catch {
    return null;
  }
}

/** The last line may be cut off; what is no JSON is passed over. */
function jsonLines(head: Buffer): unknown[] {
  return head
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      if (!line.startsWith('{')) return [];
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        return [];
      }
    });
}

/** `payload.items.0.text` of a JSON value. */
export function valueAt(value: unknown, key: string): unknown {
  // Asked for with every hook, mostly by a single word.
  if (!key.includes('.')) return memberOf(value, key);
  return key.split('.').reduce<unknown>(memberOf, value);
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

// eslint-disable-next-line no-control-regex -- control characters are what is removed
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/gu;

const oneLine = (text: string): string =>
  text
    .slice(0, TITLE_MAX * 4)
    .replace(CONTROL, ' ')
    .trim()
    .slice(0, TITLE_MAX);
