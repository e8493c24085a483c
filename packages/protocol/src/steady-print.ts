// xterm 6 looks only at the beginning of a piece of text whether the cursor stands in the middle of a wide character. With
// wraparound off text goes on there, and the screen depends on where the output was cut. Character by character it does not.
// Shared by the browser's emulator and the host's. Pure.

/** The part of the emulator that draws text: code points `start` to before `end`. */
export interface TextPrinter {
  print(data: Uint32Array, start: number, end: number): void;
}

/** Makes the printer draw the same however its text is cut. */
export function printSteadily(printer: TextPrinter, wraps: () => boolean): void {
  const print = printer.print.bind(printer);
  printer.print = (data, start, end) => {
    if (wraps()) {
      print(data, start, end);
      return;
    }
    for (let at = start; at < end; at += 1) print(data, at, at + 1);
  };
}

/** The printer inside an emulator, null where it is another than it was written for. */
export function printerOf(term: object): TextPrinter | null {
  const core: unknown = Reflect.get(term, '_core');
  const handler: unknown = isObject(core) ? Reflect.get(core, '_inputHandler') : null;
  return isPrinter(handler) ? handler : null;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isPrinter = (value: unknown): value is TextPrinter =>
  isObject(value) && typeof Reflect.get(value, 'print') === 'function';
