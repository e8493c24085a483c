// Answers to queries of the agent come from the host's own screen, never from a browser: a replay would type them
// again, and each viewer would type its own. These handlers swallow every sequence that the emulator would answer.

import { isLinkTooLong, repeatingFinals, repeatsTooOften } from '@roundhouse/protocol';

interface Disposable {
  dispose(): void;
}
interface FunctionId {
  prefix?: string;
  intermediates?: string;
  final: string;
}
type Params = (number | number[])[];

/** The public parser hooks of the emulator. */
export interface ParserHooks {
  registerCsiHandler(id: FunctionId, callback: (params: Params) => boolean): Disposable;
  registerDcsHandler(id: FunctionId, callback: (data: string, params: Params) => boolean): Disposable;
  registerEscHandler(id: FunctionId, callback: () => boolean): Disposable;
  registerOscHandler(ident: number, callback: (data: string) => boolean): Disposable;
}

/** CSI queries and reports, none of which changes the screen. */
const csi: readonly FunctionId[] = [
  { final: 'c' }, // DA1
  { prefix: '>', final: 'c' }, // DA2
  { prefix: '=', final: 'c' }, // DA3
  { final: 'n' }, // DSR, CPR
  { prefix: '?', final: 'n' }, // DECXCPR, colour scheme and others
  { intermediates: '$', final: 'p' }, // DECRQM, ANSI
  { prefix: '?', intermediates: '$', final: 'p' }, // DECRQM, DEC
  { prefix: '>', final: 'q' }, // XTVERSION
  { final: 't' }, // window operations and reports
  { final: 'x' }, // DECREQTPARM
  { prefix: '?', final: 'u' }, // keyboard protocol
  { prefix: '?', final: 'S' }, // XTSMGRAPHICS
  { prefix: '?', final: 'm' }, // XTQMODKEYS
  { intermediates: '$', final: 'w' }, // DECRQPSR
];

const dcs: readonly FunctionId[] = [
  { intermediates: '$', final: 'q' }, // DECRQSS
  { intermediates: '+', final: 'q' }, // XTGETTCAP
];

/** Colours: setting them is fine, asking for them is not. */
const colours = [4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
/** Titles (0, 1, 2, l, L) are the agent's words about itself, and 52 is the clipboard: neither is anyone's to set. */
const ignored = [0, 1, 2, 52];

const swallow = (): boolean => true;
const pass = (): boolean => false;

export interface ReplyGuard extends Disposable {
  /** True while the emulator reads output: a focus report of now is an answer, not a person. */
  readonly reading: () => boolean;
}

/** Call before the first write. */
export function swallowQueries(parser: ParserHooks): ReplyGuard {
  let reading = false;
  const setsModes = (): boolean => {
    // Setting mode 1004 makes the emulator report its focus at once, within this same turn.
    reading = true;
    queueMicrotask(() => {
      reading = false;
    });
    return pass();
  };
  const hooks = [
    ...csi.map((id) => parser.registerCsiHandler(id, swallow)),
    ...dcs.map((id) => parser.registerDcsHandler(id, swallow)),
    ...colours.map((ident) => parser.registerOscHandler(ident, (data) => data.includes('?'))),
    ...ignored.map((ident) => parser.registerOscHandler(ident, swallow)),
    parser.registerEscHandler({ final: 'Z' }, swallow), // DECID
    ...repeatingFinals.map((final) => parser.registerCsiHandler({ final }, repeatsTooOften)),
    parser.registerOscHandler(8, isLinkTooLong),
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, setsModes),
  ];
  return {
    reading: () => reading,
    dispose() {
      for (const hook of hooks) hook.dispose();
    },
  };
}

/** Reports that the emulator makes of itself; from a view that only watches they would take control. */
// eslint-disable-next-line no-control-regex -- the reports begin with ESC
const focusReport = /^\u001b\[[IO]$/;
// eslint-disable-next-line no-control-regex -- the reports begin with ESC
const mouseReport = /^\u001b\[(<\d+;\d+;\d+[mM]|M[\s\S]{3}|\d+;\d+;\d+M)$/;

export const isFocusReport = (data: string): boolean => focusReport.test(data);
export const isMouseReport = (data: string): boolean => mouseReport.test(data);
