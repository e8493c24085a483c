// The agents' own stores of conversations on this host: which are there, and whether one is. Only ever read.
import path from 'node:path';
import { STORE_SCAN_DEFAULT, type StoreRule } from '@roundhouse/profiles';
import { mapLimited } from '../../inventory/map-limited.js';
import { findStoreFiles, readHead, storeExists, type StoreFile } from './store-files.js';
import { siteOf, type StoreHost } from './store-site.js';
import { inName, isCwd, readStoreHead, type StoreHead } from './store-head.js';

export interface StoredConversation {
  readonly id: string;
  readonly title: string | null;
  /** Null when the store does not tell it. */
  readonly cwd: string | null;
  readonly at: number;
  readonly sizeBytes: number;
}

/** What is known of a profile's store. */
export interface StoreOf {
  readonly store?: readonly StoreRule[] | undefined;
}

/** Heads that are read of one store, the newest files first. */
const READ_MAX = 2_000;
const READS_AT_ONCE = 8;
/** Heads remembered, by path, time and size, so that a list is quick the second time. */
const REMEMBERED_MAX = 5_000;

export interface ConversationQuery {
  /** Only those of this directory. */
  readonly cwd?: string | undefined;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

export class ConversationStores {
  readonly #heads = new Map<string, StoreHead>();

  constructor(private readonly host: StoreHost) {}

  /** Files that fit a pattern with `*`, inside the home or where the agent's directory was moved to. */
  files(pattern: string, named?: (name: string) => boolean): Promise<StoreFile[]> {
    return findStoreFiles(siteOf(pattern, this.host), named);
  }

  /** Newest first. */
  async list(
    { store = [] }: StoreOf,
    { cwd, limit, signal }: ConversationQuery,
  ): Promise<StoredConversation[]> {
    const found = new Map<string, StoredConversation>();
    for (const rule of store) {
      const files = newest(await this.files(rule.files));
      const heads = await mapLimited(
        files.slice(0, READ_MAX),
        READS_AT_ONCE,
        async (file) => ({ file, head: await this.#head(rule, file) }),
        signal,
      );
      for (const { file, head } of heads) add(found, { rule, file, head, cwd });
    }
    return [...found.values()].sort((a, b) => b.at - a.at).slice(0, limit);
  }

  /** Whether the conversation is there; null when the store cannot tell. */
  async has({ store = [] }: StoreOf, id: string): Promise<boolean | null> {
    let known = false;
    for (const rule of store) {
      if (await this.#holds(rule, id)) return true;
      known ||= await storeExists(siteOf(rule.files, this.host), this.host.home);
    }
    return known ? false : null;
  }

  async #holds(rule: StoreRule, id: string): Promise<boolean> {
    const { id: place } = rule;
    if (place.from === 'name') {
      const files = await this.files(rule.files, (name) => inName(place.match, name) === id);
      return files.length > 0;
    }
    // The name mostly has it, or its beginning: those first.
    const short = id.slice(0, 8);
    const likely = newest(await this.files(rule.files, (name) => name.includes(short)));
    if (await this.#anyWith(rule, likely, id)) return true;
    return this.#anyWith(rule, newest(await this.files(rule.files)), id);
  }

  async #anyWith(rule: StoreRule, files: readonly StoreFile[], id: string): Promise<boolean> {
    for (const file of files.slice(0, READ_MAX)) if ((await this.#head(rule, file)).id === id) return true;
    return false;
  }

  async #head(rule: StoreRule, file: StoreFile): Promise<StoreHead> {
    const key = `${file.path}\0${String(file.at)}\0${String(file.sizeBytes)}`;
    const known = this.#heads.get(key);
    if (known) return known;
    const bytes = Math.min(rule.scan ?? STORE_SCAN_DEFAULT, Math.max(1, file.sizeBytes));
    const head = readStoreHead(rule, path.basename(file.path), await readHead(file.path, bytes));
    if (this.#heads.size >= REMEMBERED_MAX) this.#heads.clear();
    this.#heads.set(key, head);
    return head;
  }
}

interface Candidate {
  readonly rule: StoreRule;
  readonly file: StoreFile;
  readonly head: StoreHead;
  readonly cwd: string | undefined;
}

function add(found: Map<string, StoredConversation>, { rule, file, head, cwd }: Candidate): void {
  const { id, title } = head;
  if (id === null || (cwd !== undefined && !isCwd(rule, head.cwd, cwd))) return;
  const before = found.get(id);
  if (before && before.at >= file.at) return;
  const hashed = rule.cwd?.from === 'line' && rule.cwd.hash !== undefined;
  const where = hashed ? (cwd ?? null) : head.cwd;
  found.set(id, { id, title, cwd: where, at: file.at, sizeBytes: file.sizeBytes });
}

const newest = (files: readonly StoreFile[]): StoreFile[] => files.toSorted((a, b) => b.at - a.at);
