// Parsing at the keeper's edge without a schema library: the keeper's bundle holds node-pty and nothing else.
import { KeeperFault } from './keeper-fault.js';

/** Same limits as `terminalLimits` of the protocol; a test compares them. */
export const SIZE_LIMITS = { minCols: 20, maxCols: 1000, minRows: 5, maxRows: 500 } as const;

/** The fields of one JSON object, read by name and kind. Every getter throws VALIDATION_FAILED naming the field. */
export class Fields {
  readonly #where: string;
  readonly #values: Record<string, unknown>;

  constructor(where: string, value: unknown) {
    this.#where = where;
    if (!isRecord(value)) throw new KeeperFault('VALIDATION_FAILED', `${where} is not an object`);
    this.#values = value;
  }

  int(name: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#values[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max)
      return value;
    throw this.#wrong(name, `an integer from ${String(min)} to ${String(max)}`);
  }

  text(name: string, maxLength: number): string {
    const value = this.#values[name];
    if (typeof value === 'string' && value.length > 0 && value.length <= maxLength && !value.includes('\0'))
      return value;
    throw this.#wrong(name, `a text of 1 to ${String(maxLength)} characters without NUL`);
  }

  texts(name: string): string[] {
    const value = this.#values[name];
    if (Array.isArray(value) && value.every(isCleanText)) return value;
    throw this.#wrong(name, 'a list of texts without NUL');
  }

  textMap(name: string): Record<string, string> {
    const value = this.#values[name];
    if (!isRecord(value)) throw this.#wrong(name, 'an object of texts');
    const map: Record<string, string> = {};
    for (const [key, text] of Object.entries(value)) {
      if (key === '' || key.includes('=') || !isCleanText(key) || !isCleanText(text)) {
        throw this.#wrong(`${name}.${key}`, 'a name without = and a text without NUL');
      }
      map[key] = text;
    }
    return map;
  }

  size(): { cols: number; rows: number } {
    return {
      cols: this.int('cols', SIZE_LIMITS.minCols, SIZE_LIMITS.maxCols),
      rows: this.int('rows', SIZE_LIMITS.minRows, SIZE_LIMITS.maxRows),
    };
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  #wrong(name: string, wanted: string): KeeperFault {
    return new KeeperFault('VALIDATION_FAILED', `${this.#where}.${name} must be ${wanted}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCleanText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}
