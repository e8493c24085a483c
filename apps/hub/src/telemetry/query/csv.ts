// Rows as CSV (RFC 4180) that a sheet does not take for formulas. Pure.

export type CsvValue = string | number | null;

/** A cell that begins so is a formula in a sheet; agents choose names of models and tools. */
const formula = /^[=+\-@\t\r]/;

function cell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (values: readonly CsvValue[]): string => `${values.map(cell).join(',')}\r\n`;

/** Lines one by one, so that a long table is never a long text. */
export function* csvLines(header: readonly string[], rows: Iterable<readonly CsvValue[]>): Generator<string> {
  yield line(header);
  for (const row of rows) yield line(row);
}

/** Nano-dollars as decimal dollars, exactly. */
export function dollars(nanos: number): string {
  const text = String(nanos).padStart(10, '0');
  const [whole, part] = [text.slice(0, -9), text.slice(-9).replace(/0+$/, '')];
  return part === '' ? whole : `${whole}.${part}`;
}
