// R:D12 R:D8 R:D11: whatever the link does, the grid of a viewer ends as that of an emulator that nothing disturbed.
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { digestRow, printerOf, printSteadily, viewerIdSchema } from '@roundhouse/protocol';
import { expect, it } from 'vitest';
import { CharacterHold } from './character-hold.js';
import { StreamState, type Outcome, type Step, type StreamEvent } from './stream.js';

const viewerId = viewerIdSchema.parse('viewer-0001');
const encoder = new TextEncoder();
const first = { cols: 20, rows: 6 };

/** The host: every byte of two lives, and the sizes in force at each. */
interface Life {
  readonly bytes: Uint8Array;
  readonly sizes: readonly { offset: number; cols: number; rows: number }[];
}

const sequences = [
  'plain text ', 'päron ', '日本語 ', '🙂👩‍🚀 ', '\r\n', '\t', '\b', '\u001b[31m', '\u001b[0;1;4m', '\u001b[38;2;10;200;30m',
  '\u001b[2J', '\u001b[H', '\u001b[3;4H', '\u001b[K', '\u001b[2;5r', '\u001b[r', '\u001b[?1049h', '\u001b[?1049l', '\u001b7', '\u001b8',
  '\u001b[?6h', '\u001b[?6l', '\u001b(0', '\u001b(B', '\u001b[L', '\u001b[M', '\u001b]0;title\u0007', '\u001bP+q544e\u001b\\', '\u001b[?7l', '\u001b[?7h', '\u001bM', '\u001b[4h', '\u001b[4l',
]; // prettier-ignore

const life: fc.Arbitrary<Life> = fc
  .record({
    parts: fc.array(fc.constantFrom(...sequences), { minLength: 1, maxLength: 60 }),
    sizes: fc.array(
      fc.record({
        at: fc.nat({ max: 100 }),
        cols: fc.integer({ min: 10, max: 30 }),
        rows: fc.integer({ min: 3, max: 9 }),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ parts, sizes }) => {
    const bytes = encoder.encode(parts.join(''));
    const at = (share: number): number => Math.floor((share * bytes.length) / 100);
    const later = sizes
      .map(({ at: share, ...size }) => ({ offset: at(share), ...size }))
      .sort((a, b) => a.offset - b.offset);
    return { bytes, sizes: [{ offset: 0, ...first }, ...later] };
  });

const move = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('send' as const), size: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), back: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('swap' as const), size: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), size: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), snapshot: fc.boolean(), late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stalled' as const), on: fc.nat({ max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('history' as const), at: fc.nat({ max: 100 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'old-life' as const }) },
); // prettier-ignore
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

const newTerminal = (): Terminal => {
  const term = new Terminal({ ...first, scrollback: 50, allowProposedApi: true });
  const printer = printerOf(term);
  if (!printer) throw new Error('the emulator has no printer');
  printSteadily(printer, () => term.modes.wraparoundMode);
  return term;
};
const write = (term: Terminal, data: Uint8Array): Promise<void> =>
  new Promise((resolve) => term.write(data, resolve));

/** An emulator that drew everything up to an offset, at the sizes of the time. */
async function drawn({ bytes, sizes }: Life, upTo: number): Promise<Terminal> {
  const term = newTerminal();
  const hold = new CharacterHold();
  let at = 0;
  for (const { offset, cols, rows } of sizes) {
    if (offset > upTo) break;
    await write(term, hold.take(bytes.subarray(at, offset)));
    at = offset;
    term.resize(cols, rows);
  }
  await write(term, hold.take(bytes.subarray(at, upTo)));
  return term;
}

const gridOf = (term: Terminal): unknown => ({
  size: [term.cols, term.rows],
  cursor: [term.buffer.active.cursorX, term.buffer.active.cursorY],
  buffer: term.buffer.active.type,
  rows: Array.from({ length: term.rows }, (_, row) =>
    digestRow(term.buffer.active.getLine(term.buffer.active.baseY + row), term.cols),
  ),
});

/** A hub in front of that host, over a line that cuts, repeats, swaps and loses. */
class Line {
  readonly #state = new StreamState();
  readonly steps: Step[] = [];
  #at = 0;
  /** Sizes that were sent in their place: the hub repeats none at the newest byte, where it would be another one. */
  #told = 0;

  constructor(
    private readonly life: Life,
    private readonly epoch: number,
  ) {}

  /** Screens are of whole characters. */
  #whole(offset: number): number {
    let at = offset;
    while (at > 0 && ((this.life.bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
    return at;
  }

  attach(snapshot: boolean): void {
    const { bytes } = this.life;
    this.#state.detached();
    const place = this.#state.place();
    const known = 'fromOffset' in place && place.epoch === this.epoch;
    const from = known ? place.fromOffset : 0;
    const offset = snapshot ? this.#whole(Math.floor((from + bytes.length) / 2)) : from;
    this.#take(
      this.#state.attached({
        mode: snapshot ? 'snapshot' : 'exact',
        epoch: this.epoch,
        offset,
        head: bytes.length,
        ...this.#sizeAt(offset),
        viewerId,
        controller: true,
        windowBytes: 1024,
      }),
    );
    if (snapshot) this.#snapshot(offset);
    this.#tell();
    this.#at = offset;
  }

  /** The size at a place is told with it. */
  #tell(): void {
    this.#told = this.life.sizes.filter(({ offset }) => offset <= this.#next).length;
  }

  get #next(): number {
    const place = this.#state.place();
    return 'fromOffset' in place ? place.fromOffset : 0;
  }

  play(step: Move): void {
    const { length } = this.life.bytes;
    switch (step.do) {
      case 'send':
        return this.#forward(step.size);
      case 'repeat':
        return this.#send(Math.max(0, this.#at - step.back), step.back);
      case 'swap':
        this.#send(this.#at + step.size, step.size);
        return this.#send(this.#at, step.size);
      case 'lose':
        this.#at = Math.min(length, this.#at + step.size);
        return;
      case 'cut':
        this.#state.detached();
        if (step.late) this.#send(this.#at, 7);
        return this.attach(step.snapshot);
      case 'stalled':
        // The hub gave up sending bytes and goes on from a screen, which may be of any byte.
        return this.#jump(this.#whole(Math.floor((step.on * length) / 100)));
      case 'history':
        this.#state.wantSnapshot();
        return this.#jump(this.#whole(Math.floor((step.at * length) / 100)));
      case 'old-life':
        return this.#take(
          this.#state.apply({
            kind: 'output',
            epoch: this.epoch - 1,
            offset: this.#at,
            data: encoder.encode('OLD'),
          }),
        );
    }
  }

  finish(): void {
    this.attach(false);
    this.#forward(this.life.bytes.length);
  }

  get epochSeen(): number | null {
    return this.#state.epoch;
  }

  #forward(size: number): void {
    const from = this.#at;
    this.#at = Math.min(this.life.bytes.length, from + size);
    this.#send(from, this.#at - from);
  }

  #jump(offset: number): void {
    this.#snapshot(offset);
    this.#tell();
    this.#at = offset;
  }

  #snapshot(offset: number): void {
    // What a screen is made of is the host's affair: here it only says which byte it is of.
    const data = encoder.encode(String(offset));
    this.#apply({ kind: 'snapshot', epoch: this.epoch, offset, ...this.#sizeAt(offset), data });
  }

  /** Output cut where a size changes, as the hub does it. */
  #send(from: number, size: number): void {
    let at = from;
    const end = Math.min(this.life.bytes.length, from + size);
    for (const [number, { offset, cols, rows }] of this.life.sizes.entries()) {
      if (number === 0 || offset < at || offset > end) continue;
      this.#output(at, offset);
      at = offset;
      if (offset === this.#next && number < this.#told) continue;
      if (offset === this.#next) this.#told = number + 1;
      this.#apply({ kind: 'resized', epoch: this.epoch, offset, cols, rows });
    }
    this.#output(at, end);
  }

  #output(from: number, to: number): void {
    if (from >= to) return;
    this.#apply({
      kind: 'output',
      epoch: this.epoch,
      offset: from,
      data: this.life.bytes.subarray(from, to),
    });
  }

  #apply(event: StreamEvent): void {
    this.#take(this.#state.apply(event));
  }

  #take(outcome: Outcome): void {
    this.steps.push(...outcome.steps);
    if (outcome.fault) this.attach(false);
  }

  #sizeAt(offset: number): { cols: number; rows: number } {
    const { cols, rows } = this.life.sizes.findLast((size) => size.offset <= offset) ?? { ...first };
    return { cols, rows };
  }
}

/** What the page's emulator does with the steps. */
async function shown(life: Life, steps: readonly Step[]): Promise<Terminal> {
  const hold = new CharacterHold();
  let term = newTerminal();
  for (const step of steps) {
    if (step.do === 'write') await write(term, hold.take(step.data));
    else if (step.do === 'redraw') {
      hold.drop();
      term = await drawn(life, Number(new TextDecoder().decode(step.data)));
    } else if (step.do === 'reset') term.reset();
    else if (step.do === 'break') throw new Error('nothing is ever missing here');
    if ('cols' in step) term.resize(step.cols, step.rows);
  }
  return term;
}

it('R:D12 R:D8 R:D11 any cut, repeat, swap, loss, reconnect and snapshot gives the grid of one emulator', async () => {
  await fc.assert(
    fc.asyncProperty(life, fc.array(move, { maxLength: 40 }), fc.boolean(), async (life, moves, snapshot) => {
      const line = new Line(life, 2);
      line.attach(snapshot);
      for (const step of moves) line.play(step);
      line.finish();
      const [mine, truth] = [await shown(life, line.steps), await drawn(life, life.bytes.length)];
      expect(gridOf(mine)).toEqual(gridOf(truth));
      expect(line.epochSeen).toBe(2);
    }),
    { numRuns: 300 },
  );
}, 60_000);

it('R:D12 a repeat of two sizes at one byte, after bytes that follow them, changes nothing', async () => {
  const sizes = [
    { offset: 0, ...first },
    { offset: 5, cols: 10, rows: 3 },
    { offset: 5, cols: 11, rows: 3 },
  ];
  const life: Life = { bytes: encoder.encode('plain text '), sizes };
  const line = new Line(life, 2);
  line.attach(true);
  line.play({ do: 'repeat', back: 10 });
  line.play({ do: 'swap', size: 1 });
  line.finish();
  expect(gridOf(await shown(life, line.steps))).toEqual(gridOf(await drawn(life, life.bytes.length)));
});
