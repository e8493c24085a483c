// roundhouse.yaml: where it is looked for, and the texts that its section for one program gives for each setting.
import path from 'node:path';
import type { FieldError } from '@roundhouse/protocol';
import type { Files } from './files.js';
import { nearest } from './names.js';
import { fileExample, fileKey, type Setting, type SettingsTable } from './settings-table.js';

const settingsFileName = 'roundhouse.yaml';
const systemFile = `/etc/roundhouse/${settingsFileName}`;

/** One file may hold both: each program reads its own section. */
const sections = ['hub', 'daemon'] as const;
export type Section = (typeof sections)[number];

interface Position {
  readonly line: number;
}

/** What the YAML parser makes of a text; the parser itself is the program's. */
export type ParseYaml = (text: string) =>
  | {
      readonly data: unknown;
      locate(path: readonly PropertyKey[], atKey: boolean): Position;
    }
  | { readonly faults: readonly ({ readonly message: string } & Partial<Position>)[] };

export interface FileText {
  readonly text: string;
  /** `/etc/roundhouse/roundhouse.yaml:12` */
  readonly place: string;
  /** `database_url_file` when that stands there instead. */
  readonly key: string;
  /** `hub.database_url` */
  readonly field: string;
}

export interface SettingsFile {
  /** Null: there is none. */
  readonly path: string | null;
  /** By name of the environment variable. */
  readonly texts: ReadonlyMap<string, readonly FileText[]>;
  readonly problems: readonly FieldError[];
}

/** Where the file may be: the one that is named, else the first of two that is there. */
export const settingsFilePlaces = (named: string | undefined, stateDir: string): readonly string[] =>
  named === undefined ? [path.join(stateDir, settingsFileName), systemFile] : [named];

export interface FileQuestion {
  readonly table: SettingsTable;
  readonly section: Section;
  /** ROUNDHOUSE_CONFIG: that file must be there. */
  readonly named: string | undefined;
  readonly stateDir: string;
  readonly files: Files;
  readonly parse: ParseYaml;
}

/** Never throws: what is wrong stands in `problems`. */
export function readSettingsFile(question: FileQuestion): SettingsFile {
  const { named, stateDir, files } = question;
  for (const file of settingsFilePlaces(named, stateDir)) {
    try {
      const text = files.read(file);
      if (text !== null) return new Reading(question, file).of(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return failed(file, { field: settingsFileName, message: `${file} cannot be read: ${reason}` });
    }
  }
  if (named === undefined) return { path: null, texts: new Map(), problems: [] };
  const message = `ROUNDHOUSE_CONFIG names ${named}, which is not there: make it, or unset ROUNDHOUSE_CONFIG`;
  return failed(named, { field: 'ROUNDHOUSE_CONFIG', message });
}

const failed = (file: string, problem: FieldError): SettingsFile => ({
  path: file,
  texts: new Map(),
  problems: [problem],
});

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One file being read. */
class Reading {
  readonly #question: FileQuestion;
  readonly #file: string;
  readonly #problems: FieldError[] = [];
  readonly #texts = new Map<string, FileText[]>();

  constructor(question: FileQuestion, file: string) {
    this.#question = question;
    this.#file = file;
  }

  of(text: string): SettingsFile {
    const parsed = this.#question.parse(text);
    if ('faults' in parsed) {
      for (const { message, line } of parsed.faults) this.#problem(settingsFileName, message, line);
    } else {
      const { data } = parsed;
      const lineOf = (...at: string[]): number => parsed.locate(at, true).line;
      if (isMap(data)) this.#sections(data, lineOf);
      else if (data !== null && data !== undefined) {
        this.#problem(settingsFileName, 'must hold the sections "hub:" and "daemon:"', 1);
      }
    }
    return { path: this.#file, texts: this.#texts, problems: this.#problems };
  }

  #sections(data: Record<string, unknown>, lineOf: (...at: string[]) => number): void {
    const { section } = this.#question;
    for (const [name, value] of Object.entries(data)) {
      if (!(sections as readonly string[]).includes(name)) {
        const reason = `is not a section: put settings below "hub:" or "daemon:"`;
        this.#problem(name, `${name} ${reason}`, lineOf(name));
      } else if (name === section) {
        if (isMap(value)) this.#settings(value, (key) => lineOf(name, key));
        else this.#problem(name, `${name} must hold settings, one on each line below it`, lineOf(name));
      }
    }
  }

  #settings(data: Record<string, unknown>, lineOf: (key: string) => number): void {
    const rows = rowsByKey(this.#question.table);
    for (const [key, value] of Object.entries(data)) {
      const row = rows.get(key);
      const field = `${this.#question.section}.${key}`;
      if (row === undefined) this.#unknown(field, key, [...rows.keys()], lineOf(key));
      else this.#value(row, { field, key, value, line: lineOf(key) });
    }
  }

  #unknown(field: string, key: string, known: readonly string[], line: number): void {
    const near = nearest(key, known);
    const cure = near === null ? `remove it (settings: ${known.join(', ')})` : `did you mean ${near}?`;
    this.#problem(field, `${field} is not a setting: ${cure}`, line);
  }

  #value(
    { name, row, inFile }: Row,
    { field, key, value, line }: { field: string; key: string; value: unknown; line: number },
  ): void {
    const text = textOf(value, inFile ? undefined : row.list);
    if (text === null) {
      const example = inFile ? `${key}: /run/secrets/${key.replace(/_file$/, '')}` : fileExample(row);
      const expects = inFile ? 'the absolute path of a file' : row.expects;
      this.#problem(field, `${field} must be ${expects}, for example ${example}`, line);
      return;
    }
    const found = this.#texts.get(name) ?? [];
    this.#texts.set(name, [...found, { text, key, field, place: `${this.#file}:${String(line)}` }]);
  }

  #problem(field: string, message: string, line?: number): void {
    const place = line === undefined ? this.#file : `${this.#file}:${String(line)}`;
    this.#problems.push({ field, message: `${place}: ${message}` });
  }
}

interface Row {
  readonly name: string;
  readonly row: Setting;
  /** The key names the file that the value stands in. */
  readonly inFile: boolean;
}

function rowsByKey(table: SettingsTable): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const [name, row] of Object.entries(table)) {
    if (row.key === null) continue;
    rows.set(row.key, { name, row, inFile: false });
    if (row.secret) rows.set(fileKey(row.key), { name, row, inFile: true });
  }
  return rows;
}

/** The text as the environment would have it; null for what is neither that nor a list of it. */
function textOf(value: unknown, list: ',' | ':' | undefined): string | null {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value) || list === undefined) return null;
  const texts = value.map((entry) => textOf(entry, undefined));
  return texts.some((text) => text === null || text.includes(list)) ? null : texts.join(list);
}
