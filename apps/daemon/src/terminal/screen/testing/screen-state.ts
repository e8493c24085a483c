// For tests: everything that decides how an emulator draws what comes next, as text that can be compared.
import { describeRow } from '@roundhouse/protocol';
import type { Emulator } from '../emulator.js';
import { lookOf } from '../looks.js';
import { textOf } from '../draw-lines.js';
import type { InnerBuffer } from '../xterm-internals.js';

/** @param scrollback lines above the screen that count */
export function screenState(emulator: Emulator, scrollback: number): Record<string, unknown> {
  const { core, term } = emulator;
  const { normal, alt, active } = core.buffers;
  const { coreService, coreMouseService, _charsetService, _inputHandler, optionsService } = core;
  const { cursorBlink, convertEol } = optionsService.rawOptions;
  const isAlt = active === alt;
  return {
    size: [core.cols, core.rows],
    rows: rowsOf(emulator, isAlt ? 'alternate' : 'normal', 0),
    normal: rowsOf(emulator, 'normal', Math.min(scrollback, normal.ybase)),
    isAlt,
    buffer: bufferOf(normal, core.cols, core.rows, !isAlt),
    alternate: isAlt
      ? bufferOf(alt, core.cols, core.rows, true)
      : { savedX: alt.savedX, savedY: Math.max(0, alt.savedY - alt.ybase) },
    modes: { ...coreService.decPrivateModes, ...coreService.modes, hidden: coreService.isCursorHidden },
    options: { cursorBlink, convertEol },
    mouse: [coreMouseService.activeProtocol, coreMouseService.activeEncoding],
    charset: [
      _charsetService.glevel,
      _charsetService.charset,
      ...[0, 1, 2, 3].map((g) => _charsetService._charsets[g]),
    ],
    pen: { ...lookOf(_inputHandler._curAttrData), link: link(emulator) },
    title: [_inputHandler._windowTitle, _inputHandler._iconName],
    joining: joining(_inputHandler._parser.precedingJoinState),
    parser: _inputHandler._parser.currentState,
    active: term.buffer.active.type,
  };
}

/** Of the last character only its class and width count for what may join it. */
const joining = (state: number): unknown => state !== 0 && [(state >> 3) & 15, (state >> 1) & 3];

/** A link that is nowhere on the screen any more is forgotten by the emulator, and nobody can tell its target. */
const link = ({ core }: Emulator): string => {
  const id = lookOf(core._inputHandler._curAttrData).link;
  return id === 0 ? '' : (core._oscLinkService.getLinkData(id)?.uri ?? 'about:blank');
};

function rowsOf({ term, core }: Emulator, which: 'normal' | 'alternate', scrollback: number): string[] {
  const buffer = term.buffer[which];
  const inner = which === 'normal' ? core.buffers.normal : core.buffers.alt;
  const from = inner.ybase - scrollback;
  return Array.from({ length: Math.min(core.rows + scrollback, inner.lines.length - from) }, (_, row) => {
    const line = buffer.getLine(from + row);
    const wrapped = line?.isWrapped === true && row > 0 ? 'wrapped ' : '';
    return wrapped + describeRow(line, core.cols).replaceAll(/(1\| \|0:-1:0:-1\|000000000\n?)+$/g, '');
  });
}

function bufferOf(buffer: InnerBuffer, cols: number, rows: number, isActive: boolean) {
  const { x, y, scrollTop, scrollBottom, tabs, savedX, savedY, ybase, savedCurAttrData, savedCharset } =
    buffer;
  const line = buffer.lines.get(ybase + y);
  return {
    x,
    y,
    scrollTop,
    scrollBottom,
    tabs: Array.from({ length: cols }, (_, column) => tabs[column] === true),
    savedX: Math.min(savedX, cols - 1),
    savedY: Math.min(Math.max(0, savedY - ybase), rows - 1),
    saved: lookOf({ ...savedCurAttrData, extended: { _ext: 0, _urlId: 0 } }),
    savedCharset,
    before: isActive && line && x > 0 ? textOf(line, Math.min(x, cols) - 1) || ' ' : '',
  };
}
