// Files that were pasted or dropped: to the host in pieces, one after the other; what is typed then is their path.
import { inputChunkBytes, uploadMaxBytes, type SessionId } from '@roundhouse/protocol';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { newUuid } from '../../lib/new-uuid.js';
import { createStore } from '../../lib/store.js';
import type { Progress } from './input-sender.js';
import { shellQuote } from './paste.js';
import type { TerminalLink } from './terminal-stream.js';

/** Files at once; a folder of pictures is no paste. */
const FILES_MAX = 10;

export interface Upload extends Progress {
  readonly name: string;
}

export interface UploadsOptions {
  readonly sessionId: SessionId;
  readonly link: Pick<TerminalLink, 'request'>;
  /** Types paths into the terminal; false when it takes no input. */
  readonly type: (text: string) => boolean;
}

export class Uploads {
  /** The file under way. */
  readonly now = createStore<Upload | null>(null);
  /** Why the last one did not arrive; null while all is well. */
  readonly failed = createStore<ApiError | null>(null);
  #abort: AbortController | null = null;

  constructor(private readonly options: UploadsOptions) {}

  /** Sends them, then types their paths. One batch at a time. */
  async send(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    const wrong = this.#abort ? busy() : whyNotThese(files);
    this.failed.set(wrong);
    if (wrong) return;
    const abort = (this.#abort = new AbortController());
    try {
      const paths: string[] = [];
      for (const file of files) paths.push(await this.#sendOne(file, abort.signal));
      if (!abort.signal.aborted) this.options.type(`${paths.map(shellQuote).join(' ')} `);
    } catch (cause) {
      if (!abort.signal.aborted)
        this.failed.set(
          cause instanceof ApiError ? cause : new ApiError('INTERNAL', { message: String(cause) }),
        );
    } finally {
      this.#abort = null;
      this.now.set(null);
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }

  dismiss(): void {
    this.failed.set(null);
  }

  async #sendOne(file: File, signal: AbortSignal): Promise<string> {
    const { sessionId, link } = this.options;
    const name = (file.name === '' ? 'pasted' : file.name).slice(-255);
    const piece = { sessionId, uploadId: newUuid(), name, size: file.size };
    let done = 0;
    for (;;) {
      this.now.set({ name, done, total: file.size });
      const data = new Uint8Array(await file.slice(done, done + inputChunkBytes).arrayBuffer());
      const reply = await link.request('session.upload', { ...piece, offset: done, data }, { signal });
      if (reply.path !== null) return reply.path;
      if (reply.received <= done) throw new ApiError('BAD_REPLY', { message: t('error.badReply') });
      done = reply.received;
    }
  }
}

function whyNotThese(files: readonly File[]): ApiError | null {
  const refuse = (message: string): ApiError => new ApiError('ABORTED', { message });
  if (files.length > FILES_MAX) return refuse(t('terminal.uploadTooMany', { n: FILES_MAX }));
  const large = files.find(({ size }) => size > uploadMaxBytes);
  if (large)
    return refuse(
      t('terminal.uploadTooLarge', { name: large.name, limit: Math.round(uploadMaxBytes / 1024 / 1024) }),
    );
  const empty = files.find(({ size }) => size === 0);
  return empty ? refuse(t('terminal.uploadEmpty', { name: empty.name })) : null;
}

const busy = (): ApiError => new ApiError('ABORTED', { message: t('terminal.uploadBusy') });

/** Files of a paste or drop; text wins, as a copied table is both. */
export function filesOf(data: DataTransfer | null): readonly File[] {
  if (!data || data.getData('text/plain') !== '') return [];
  return [...data.files];
}
