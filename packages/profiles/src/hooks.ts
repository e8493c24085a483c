// The hooks section that an agent reads, in the form that its profile names.
import type { HooksSection } from './schema.js';

interface HookEntry {
  readonly matcher?: string;
  readonly hooks: readonly {
    readonly type: 'command';
    readonly command: string;
    readonly timeout?: number;
  }[];
}
export type HookMap = Readonly<Record<string, readonly HookEntry[]>>;

/** Each event runs the relay with the event's name. `relay` is words of a shell. */
export function hookMap({ events = [], matcher, timeout }: HooksSection, relay: string): HookMap {
  return Object.fromEntries(
    events.map((event): [string, HookEntry[]] => [
      event,
      [
        {
          ...(matcher !== undefined && { matcher }),
          hooks: [
            { type: 'command', command: `${relay} ${event}`, ...(timeout !== undefined && { timeout }) },
          ],
        },
      ],
    ]),
  );
}

/** The same as an inline table of TOML, for agents that take `key=value` on their command line. */
export const hookToml = (hooks: HookMap): string => tomlValue(hooks);

function tomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)} = ${tomlValue(part)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  // A JSON string is a TOML basic string; DEL is the one character that TOML wants escaped in addition.
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}
