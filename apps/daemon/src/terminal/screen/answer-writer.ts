// Types the screen's answers to the agent: in order, each once, and none late: what cannot be typed now is dropped.
import type { Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';

/** Answers that wait for the ones before them; an agent that does not read gets no more. */
const waitingMax = 64;

export type TypeInput = (client: string, seq: number, data: Buffer) => Promise<void>;

export class AnswerWriter {
  readonly #type: TypeInput;
  readonly #name: string;
  readonly #logger: Logger;
  #waiting: string[] = [];
  #typing = false;
  /** Names of clients used up: after a failure nobody knows the number of the next answer. */
  #names = 0;
  #seq = 0;

  /** @param name one that no earlier daemon has used: a keeper remembers what it has typed for whom */
  constructor(name: string, type: TypeInput, logger: Logger) {
    this.#name = name;
    this.#type = type;
    this.#logger = logger;
  }

  push(text: string): void {
    if (this.#waiting.length >= waitingMax) return;
    this.#waiting.push(text);
    if (!this.#typing) void this.#run();
  }

  async #run(): Promise<void> {
    this.#typing = true;
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      try {
        this.#seq += 1;
        await this.#type(`${this.#name}.${String(this.#names)}`, this.#seq, Buffer.from(text, 'latin1'));
      } catch (error) {
        this.#names += 1;
        this.#seq = 0;
        this.#waiting = [];
        if (!(error instanceof AppError)) this.#logger.warn({ err: error }, 'an answer was not typed');
      }
    }
    this.#typing = false;
  }
}
