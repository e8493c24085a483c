// SIGHUP from the first moment of a program on. It asks to read the settings again, but without a handler it ends the
// process. Imports nothing that takes time to load.
import process from 'node:process';
import { isatty } from 'node:tty';

export class Hangups {
  #came = false;
  #onHangup: (() => void) | null = null;
  readonly #hear = (): void => {
    if (this.#onHangup) this.#onHangup();
    else this.#came = true;
  };

  /** A terminal that closes ends what runs in it. */
  static listen(): Hangups {
    const hangups = new Hangups();
    if (!isatty(0)) process.on('SIGHUP', hangups.#hear);
    return hangups;
  }

  /** From now on; at once, when one came before. */
  follow(onHangup: () => void): void {
    this.#onHangup = onHangup;
    if (!this.#came) return;
    this.#came = false;
    onHangup();
  }

  /** It ends the process again, as it does programs that have nothing to read again. */
  release(): void {
    process.off('SIGHUP', this.#hear);
    if (this.#came) process.kill(process.pid, 'SIGHUP');
  }
}
