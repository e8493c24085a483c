// What the agents of the pictures are at work on.
import type { Scene } from './fake-agents.js';

const spin = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧'];
const spinning = (text: string): string[] => spin.map((face) => `{c ${face}} ${text}`);
const bar = (done: number, all: number, cells: number): string => {
  const full = Math.round((cells * done) / all);
  return `{b ${'━'.repeat(full)}}{d ${'━'.repeat(cells - full)}}  ${Math.round((100 * done) / all)}%`;
};

export const scenes: Readonly<Record<string, Scene>> = {
  engine: {
    title: 'Make the boiler feed idempotent',
    lines: [
      '{B > Two workers can open the same valve. Make it atomic.}',
      '',
      '{m ●} The race is in {b Valve.claim}. One upsert lets the',
      '  database decide the winner.',
      '',
      '{g ●} {B Update}(src/valve/claim.ts)',
      '  └ Updated with {g 9 additions} and {r 6 removals}',
      '{g ●} {B Bash}(npm test -- valve)',
      '  └ {g ✓} 43 passed {d (12 files, 4.8 s)}',
      '',
    ],
    moving: spinning('{y Writing the concurrency test…} {d (48s · esc to interrupt)}'),
  },
  tender: {
    title: 'Coal levels as a gauge',
    lines: [
      '{b ◆} Reading src/gauge/level.tsx',
      '  {d 184 lines}',
      '',
      '  The gauge has no accessible name. I add a label',
      '  and make its region polite.',
      '',
      '{g ✓} {B Grep} aria-describedby {d in src · 6 matches}',
      '{g ✓} {B Read} src/ui/field.tsx',
      '{r -} <input name="level" />',
      '{g +} <input id="level" aria-describedby={id} />',
    ],
    moving: spinning('{b Editing src/gauge/level.tsx}'),
  },
  turntable: {
    title: 'bridge plan',
    lines: [
      '   {g Compiling} bearings v0.25.0',
      '   {g Compiling} bridge-core v3.0.0',
      '    {g Finished} release in 2m 41s',
      '$ ./target/release/bridge plan',
      '  stalls      24   {d (was 16)}',
      '  documents   {B 48 211 907}',
    ],
    moving: [6, 7, 8, 9, 10, 11].map((n) => `{c Reindexing} stall ${n} of 24  ${bar(n, 24, 12)}`),
  },
  'signal-box': {
    title: 'npm test',
    lines: [
      '$ npm test',
      '{g ✓} src/money/round.test.ts {d (31 tests) 118ms}',
      '{g ✓} src/entries/post.test.ts {d (22 tests) 402ms}',
      '{r ✗} src/signals/night.test.ts {d (9 tests | }{r 1 failed}{d )}',
      '  {r × splits a batch at the border}',
      '  {B Tests}  {r 1 failed} {d |} {g 212 passed}',
    ],
    moving: [],
    exit: 1,
  },
  timetable: {
    title: 'Daylight saving in the timetable',
    lines: [
      '',
      '{m •} Ran {B cargo bench --bench encode}',
      '  └ utf8/1MB     412 MB/s  {g +18.4%}',
      '  └ utf8/16MB    398 MB/s  {g +16.9%}',
      '',
    ],
    moving: spinning('{c Vectorising the merge loop} {d (48s)}'),
  },
  waybill: {
    title: 'npm run dev',
    lines: [
      '{d 12:04:11} {g GET}  /waybills        {g 200}  {d 4 ms}',
      '{d 12:04:12} {g GET}  /waybills/9714   {g 200}  {d 2 ms}',
      '{d 12:04:14} {y POST} /waybills        {g 201}  {d 19 ms}',
      '{d 12:04:15} {g GET}  /waybills/9715   {g 200}  {d 2 ms}',
      '{d 12:04:19} {r GET}  /waybills/none   {r 404}  {d 1 ms}',
    ],
    moving: [
      '{d 12:04:21} {g GET}  /healthz   {g 200}  {d 0 ms}',
      '{d 12:04:22} {g GET}  /healthz   {g 200}  {d 1 ms}',
    ],
  },
};
