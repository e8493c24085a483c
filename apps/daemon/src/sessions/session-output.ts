// The terminal of a session towards the hub: from its keeper while there is one, from its files after that.
import {
  AppError,
  outputChunkBytes,
  timeMarksPerRead,
  type Exit,
  type StreamInfo,
  type TimeMark,
} from '@roundhouse/protocol';
import { marksFrom, readTimes } from '../keeper/time-log.js';
import { EndedStream } from '../terminal/ended-stream.js';
import { endedInfo, readEnded, type OutputSlice } from '../terminal/output-source.js';
import type { KeeperHold } from './keeper-hold.js';
import type { KeeperLink } from './keeper-link.js';
import type { StreamSink } from './session-events.js';
import type { SessionDir, SessionRecord } from './session-record.js';

export interface SessionOutputOptions {
  readonly dir: SessionDir;
  readonly hold: KeeperHold;
  readonly sink: StreamSink;
  readonly record: () => SessionRecord;
  readonly isOver: () => boolean;
}

export interface PreparedStream {
  readonly info: StreamInfo;
  /** Lets the stream flow, once the hub knows what it will get. */
  readonly begin: () => Promise<void>;
}

export class SessionOutput {
  readonly #options: SessionOutputOptions;
  #replay: EndedStream | null = null;
  /** Counts what the hub asked for, so that an older wish does not undo a newer one. */
  #wish = 0;

  constructor(options: SessionOutputOptions) {
    this.#options = options;
  }

  /** @throws AppError SESSION_NOT_RUNNING, STALE_EPOCH, and those of the keeper */
  async input(epoch: number, client: string, seq: number, data: Uint8Array): Promise<void> {
    await this.#live(epoch).input(client, seq, data);
  }

  /** @throws AppError as `input` */
  async resize(epoch: number, cols: number, rows: number): Promise<void> {
    await this.#live(epoch).resize(cols, rows);
  }

  /** What is kept of an epoch, the newest when null. @throws AppError NOT_FOUND, SESSION_NOT_RUNNING, KEEPER_UNREACHABLE */
  async info(epoch: number | null): Promise<StreamInfo> {
    const wanted = epoch ?? this.#options.record().epoch;
    const live = await this.#ask(wanted, (link) => link.info());
    return live ?? this.#endedInfo(wanted);
  }

  /** @throws AppError as `info` */
  async read(epoch: number, from: number): Promise<OutputSlice> {
    const live = await this.#ask(epoch, (link) => link.read(from, outputChunkBytes));
    return live ?? readEnded(this.#options.dir.epoch(epoch), from, outputChunkBytes);
  }

  /** When bytes were printed, of an epoch that runs or has ended. @throws AppError NOT_FOUND */
  async times(epoch: number, from: number): Promise<TimeMark[]> {
    const { record, dir } = this.#options;
    if (epoch > record().epoch) throw noSuchEpoch();
    const marks = marksFrom(await readTimes(dir.epoch(epoch)), from, timeMarksPerRead);
    return marks.map(({ off, ms }) => ({ offset: off, ms }));
  }

  /** Prepares the stream of the newest epoch. An offset of an earlier one says nothing: then it begins at the head. */
  async openStream(epoch: number | null, from: number | null): Promise<PreparedStream> {
    const wish = (this.#wish += 1);
    this.#endReplay();
    const current = this.#options.record().epoch;
    const start = epoch === null || epoch === current ? from : null;
    const live = await this.#ask(current, (link) => link.openStream(start));
    const info = live?.info ?? (await this.#endedInfo(current));
    const at = live?.from ?? start ?? info.head;
    if (at > info.head) {
      throw new AppError('OFFSET_INVALID', { message: `The output ends at ${String(info.head)}` });
    }
    const begin = async (): Promise<void> => {
      try {
        if (live) await live.begin();
      } catch (error) {
        // The keeper ended in between: its files have the rest.
        if (!this.#options.isOver()) throw error;
        if (wish === this.#wish) await this.replay(at);
        return;
      }
      if (!live && wish === this.#wish) await this.replay(at);
    };
    return { info, begin };
  }

  async closeStream(): Promise<void> {
    this.#wish += 1;
    this.#endReplay();
    await this.#options.hold.closeStream();
  }

  ack(epoch: number, offset: number): void {
    if (epoch !== this.#options.record().epoch) return;
    this.#options.hold.link?.ack(offset);
    void this.#replay?.ack(offset).catch(() => undefined);
  }

  /** Streams what the files have from `from` on, and the exit. */
  async replay(from: number): Promise<void> {
    this.#endReplay();
    const { dir, sink, record } = this.#options;
    const { sessionId, epoch } = record();
    const wish = this.#wish;
    const { head, exit } = await this.#endedInfo(epoch);
    if (wish !== this.#wish) return;
    const end = { head: Math.max(head, from), exit: exit ?? unknownExit };
    this.#replay = new EndedStream({ dir: dir.epoch(epoch), sessionId, epoch, from, ...end, sink });
    await this.#replay.pump();
  }

  dispose(): void {
    this.#endReplay();
  }

  #endReplay(): void {
    this.#replay?.dispose();
    this.#replay = null;
  }

  #live(epoch: number): KeeperLink {
    const { record, isOver, hold } = this.#options;
    if (epoch !== record().epoch) throw new AppError('STALE_EPOCH');
    if (isOver()) throw new AppError('SESSION_NOT_RUNNING');
    if (!hold.link) throw unreachable(record());
    return hold.link;
  }

  /** The keeper's answer; null when only the files can tell. */
  async #ask<T>(epoch: number, ask: (link: KeeperLink) => Promise<T>): Promise<T | null> {
    const { record, hold, isOver } = this.#options;
    const current = record().epoch;
    if (epoch > current) throw noSuchEpoch();
    if (epoch < current) return null;
    const { link } = hold;
    try {
      if (link) return await ask(link);
    } catch (error) {
      if (!isOver() || !(error instanceof AppError) || error.code !== 'KEEPER_UNREACHABLE') throw error;
    }
    if (isOver()) return null;
    throw unreachable(record());
  }

  #endedInfo(epoch: number): Promise<StreamInfo> {
    const { cols, rows } = this.#options.record();
    return endedInfo(this.#options.dir.epoch(epoch), epoch, { size: { cols, rows }, exit: unknownExit });
  }
}

const noSuchEpoch = (): AppError =>
  new AppError('NOT_FOUND', { message: 'The session has had no such epoch' });

const unreachable = ({ state }: SessionRecord): AppError =>
  new AppError(state === 'starting' ? 'SESSION_NOT_RUNNING' : 'KEEPER_UNREACHABLE');

/** Nobody knows how it ended. */
const unknownExit: Exit = { exitCode: null, signal: null };
