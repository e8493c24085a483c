// The transcripts of all running agents whose profile names one: found by the conversation's id, read as they grow.
import type { Clock, Logger } from '@roundhouse/kit';
import type { SessionId } from '@roundhouse/protocol';
import type { Meaning } from '../../otlp/meaning.js';
import type { Telemetry } from '../../otlp/telemetry.js';
import type { AgentLife, AgentWatcher } from '../../sessions/agent-life.js';
import { readTail } from './transcript-tail.js';

const pollMs = 1_000;
/** Looks for a file that is not there yet come this far apart, in polls: it may take until the first prompt. */
const pollsBetweenLooks = 5;

type Life = Pick<AgentLife, 'sessionId' | 'epoch' | 'profile'>;

export interface TranscriptsOptions {
  readonly meaningOf: (profile: string) => Meaning | null;
  /** The id of a session's conversation, as far as it is known. */
  readonly conversationOf: (id: SessionId) => string | null;
  /** Files that fit a pattern with `*`, inside the home. */
  readonly find: (pattern: string) => Promise<readonly { readonly path: string; readonly at: number }[]>;
  readonly telemetry: Pick<Telemetry, 'takeStatement'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Followed extends Life {
  readonly transcript: NonNullable<Meaning['transcript']>;
  conversation: string | null;
  file: string | null;
  offset: number;
  polls: number;
}

export class Transcripts implements AgentWatcher {
  readonly #options: TranscriptsOptions;
  readonly #followed = new Map<SessionId, Followed>();
  readonly #stop: () => void;
  #looking: Promise<void> | null = null;

  constructor(options: TranscriptsOptions) {
    this.#options = options;
    this.#stop = options.clock.every(pollMs, () => void this.look());
  }

  begun({ sessionId, epoch, profile }: Life): void {
    const transcript = this.#options.meaningOf(profile)?.transcript ?? null;
    if (transcript === null) return;
    const unknown = { conversation: null, file: null, offset: 0, polls: 0 };
    this.#followed.set(sessionId, { sessionId, epoch, profile, transcript, ...unknown });
  }

  ended({ sessionId, epoch }: Pick<AgentLife, 'sessionId' | 'epoch'>): void {
    if (this.#followed.get(sessionId)?.epoch === epoch) this.#followed.delete(sessionId);
  }

  dispose(): void {
    this.#stop();
    this.#followed.clear();
  }

  /** Reads what has been written since; one after another, never twice at once. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAll().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookAll(): Promise<void> {
    for (const followed of this.#followed.values()) {
      try {
        await this.#lookAt(followed);
      } catch (err) {
        const { sessionId } = followed;
        this.#options.logger.debug({ err, sessionId }, 'a transcript could not be read');
        followed.file = null;
      }
    }
  }

  async #lookAt(followed: Followed): Promise<void> {
    const { conversationOf, telemetry, clock } = this.#options;
    const conversation = conversationOf(followed.sessionId);
    if (conversation !== followed.conversation) {
      Object.assign(followed, { conversation, file: null, offset: 0, polls: 0 });
    }
    if (conversation === null) return;
    followed.file ??= await this.#find(followed, conversation);
    if (followed.file === null) return;
    const { lines, offset } = await readTail(followed.file, followed.offset);
    followed.offset = offset;
    // What an earlier line said is not true any more.
    const document = lines.map(parsed).findLast((line) => followed.transcript.fits(line));
    if (document === undefined) return;
    const { sessionId, epoch } = followed;
    await telemetry.takeStatement({ sessionId, epoch }, { source: 'transcript', document, ms: clock.now() });
  }

  /** The newest file of the conversation; an id with a wildcard or a slash in it is none. */
  async #find(followed: Followed, conversation: string): Promise<string | null> {
    const due = followed.polls % pollsBetweenLooks === 0;
    followed.polls += 1;
    if (!due || !/^[\w.-]{1,200}$/.test(conversation)) return null;
    const found = await this.#options.find(
      followed.transcript.files.replaceAll('{conversation}', conversation),
    );
    return found.toSorted((a, b) => b.at - a.at)[0]?.path ?? null;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
