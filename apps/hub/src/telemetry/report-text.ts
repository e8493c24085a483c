// Text that PostgreSQL cannot keep: NUL, and halves of surrogate pairs. Agents choose names of models and tools. Pure.

const unwanted = /\\u(?:0000|d[89a-f])/;

/** The same value without them. Costs little when there are none, which is always. */
export function storable<T>(value: T): T {
  if (!unwanted.test(JSON.stringify(value))) return value;
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? clean(part) : part)),
  ) as T;
}

const clean = (text: string): string => {
  const whole = Array.from(text, (sign) => (/^[\ud800-\udfff]$/.test(sign) ? '\ufffd' : sign)).join('');
  return whole.replaceAll('\0', '');
};
