// The few events of a browser that come for each message and each key, read without Socket.IO's packets. Whatever looks unusual
// is not read here: then Socket.IO decides.
export interface ShortEvent {
  readonly name: string;
  readonly payload: unknown;
  /** Of its acknowledgement; null when the sender wants none. */
  readonly id: number | null;
}

export type ReadShort = (data: unknown) => ShortEvent | null;

/** Digits of an acknowledgement's number that is read here. */
const idDigits = 15;

/** Events without bytes in Socket.IO's own format: `2/ui,17["name",{...}]`. */
export function readText(namespace: string, names: ReadonlySet<string>): ReadShort {
  const usual = new RegExp(`^2${namespace},(\\d{0,${String(idDigits)}})\\["([a-z.]+)",(?=\\{)`);
  return (data) => {
    if (typeof data !== 'string') return null;
    const [head, id = '', name = ''] = usual.exec(data) ?? [];
    if (head === undefined || !names.has(name) || !data.endsWith('}]')) return null;
    const payload = parsed(data.slice(head.length, -1));
    return payload === undefined ? null : { name, payload, id: id === '' ? null : Number(id) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
