// What a terminal shows, as one digest for each row: equal on two emulators exactly when they show the same. Pure; works
// on the public buffer API that the browser's emulator and the host's share.

/** The parts of a cell that are seen. */
export interface GridCell {
  getChars(): string;
  getWidth(): number;
  getFgColor(): number;
  getBgColor(): number;
  getFgColorMode(): number;
  getBgColorMode(): number;
  isBold(): number;
  isItalic(): number;
  isDim(): number;
  isUnderline(): number;
  isBlink(): number;
  isInverse(): number;
  isInvisible(): number;
  isStrikethrough(): number;
  isOverline(): number;
}

export interface GridLine {
  getCell(x: number): GridCell | undefined;
}

/** Cells of a row as text: characters, width, colours and attributes. A cell never written to is a space. */
export function describeRow(line: GridLine | undefined, cols: number): string {
  const cells: string[] = [];
  for (let x = 0; x < cols; x += 1) {
    const cell = line?.getCell(x);
    cells.push(cell ? describeCell(cell) : blank);
  }
  return cells.join('\n');
}

/** Digest of a row, 16 hexadecimal digits. */
export function digestRow(line: GridLine | undefined, cols: number): string {
  const text = describeRow(line, cols);
  return fnv1a(text, 0x811c9dc5) + fnv1a(text, 0x01234567);
}

function describeCell(cell: GridCell): string {
  const width = cell.getWidth();
  const chars = cell.getChars();
  const flags = [
    cell.isBold(),
    cell.isItalic(),
    cell.isDim(),
    cell.isUnderline(),
    cell.isBlink(),
    cell.isInverse(),
    cell.isInvisible(),
    cell.isStrikethrough(),
    cell.isOverline(),
  ]
    .map((flag) => (flag ? 1 : 0))
    .join('');
  const colours = `${cell.getFgColorMode()}:${cell.getFgColor()}:${cell.getBgColorMode()}:${cell.getBgColor()}`;
  // Half a wide character, left over where its other half was written over, shows as a blank.
  return `${chars === '' ? '1| ' : `${String(width)}|${chars}`}|${colours}|${flags}`;
}

const blank = '1| |0:-1:0:-1|000000000';

function fnv1a(text: string, seed: number): string {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
