// What we created, as JSON lines in the state directory: only journaled paths are ever removed.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { appendPrivate, writePrivate } from './private-file.js';

const recordSchema = z.object({
  /** intent: about to be made, no agent has seen it; created: handed out; removed: gone. */
  event: z.enum(['intent', 'created', 'removed']),
  sessionId: z.uuid(),
  /** Real path of the trusted project that it belongs to. */
  project: z.string().startsWith('/'),
  path: z.string().startsWith('/'),
  branch: z.string(),
  /** Commit that the branch started from. */
  base: z.string().regex(/^[0-9a-f]{40,64}$/),
  baseBranch: z.string().nullable(),
  /** Common git directory of the project. */
  commonDir: z.string().startsWith('/'),
  /** Git directory of the worktree, `<commonDir>/worktrees/<name>`; null before it exists. */
  gitDir: z.string().startsWith('/').nullable(),
  at: z.iso.datetime(),
});
export type WorktreeRecord = z.infer<typeof recordSchema>;

/** The journal, by session; the last line of a session counts. */
export class WorktreeJournal {
  readonly #file: string;
  readonly #records: Map<string, WorktreeRecord>;

  private constructor(file: string, records: Map<string, WorktreeRecord>) {
    this.#file = file;
    this.#records = records;
  }

  /** Reads the journal; a torn or foreign line is kept but not used (its worktree stays on disk, untouched). */
  static async open(stateDir: string): Promise<WorktreeJournal> {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    const file = join(stateDir, 'worktrees.jsonl');
    const { text, records, unread } = await readJournal(file);
    if (text !== '') await writePrivate(file, [...unread, ...[...records.values()].map(toLine)].join(''));
    return new WorktreeJournal(file, records);
  }

  /** What is in the journal; changes nothing, so that it may be called while a daemon runs. */
  static async peek(stateDir: string): Promise<readonly WorktreeRecord[]> {
    return [...(await readJournal(join(stateDir, 'worktrees.jsonl'))).records.values()];
  }

  async append(record: WorktreeRecord): Promise<void> {
    await appendPrivate(this.#file, toLine(recordSchema.parse(record)));
    if (record.event === 'removed') this.#records.delete(record.sessionId);
    else this.#records.set(record.sessionId, record);
  }

  get(sessionId: string): WorktreeRecord | null {
    return this.#records.get(sessionId) ?? null;
  }

  list(): readonly WorktreeRecord[] {
    return [...this.#records.values()];
  }
}

async function readJournal(file: string) {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const records = new Map<string, WorktreeRecord>();
  const unread: string[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const record = parseLine(line);
    if (!record) unread.push(`${line}\n`);
    if (record?.event === 'removed') records.delete(record.sessionId);
    else if (record) records.set(record.sessionId, record);
  }
  return { text, records, unread };
}

const toLine = (record: WorktreeRecord): string => `${JSON.stringify(record)}\n`;

function parseLine(line: string): WorktreeRecord | null {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
