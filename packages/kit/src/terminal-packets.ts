// Output and input of terminals as Socket.IO's packets between hub and daemon, in the format of `socket.io-msgpack-parser`: these
// come for each key and each screenful. What is not exactly of this shape is not read here; then the parser reads it.
import { PacketReader, PacketWriter, shortText } from './packet-bytes.js';

export interface OutputPacket {
  readonly sessionId: string;
  readonly epoch: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

export interface InputPacket {
  readonly sessionId: string;
  readonly epoch: number;
  readonly client: string;
  readonly seq: number;
  readonly data: Uint8Array;
  readonly sentMs: number;
}

/** Socket.IO's type of an event. */
const event = 2;
const list2 = Buffer.from([0x92]);
const mapOf = (fields: number): Buffer => Buffer.from([0x80 + fields]);
const key = {
  sessionId: shortText('sessionId'),
  epoch: shortText('epoch'),
  offset: shortText('offset'),
  client: shortText('client'),
  seq: shortText('seq'),
  data: shortText('data'),
  sentMs: shortText('sentMs'),
  id: shortText('id'),
} as const;

/** After the byte that counts the packet's fields. */
const beginOf = (name: string, fields: number): Buffer =>
  Buffer.concat([
    ...[shortText('type'), Buffer.from([event]), shortText('data'), list2, shortText(name), mapOf(fields)],
    key.sessionId,
  ]);
const begin = { output: beginOf('terminal.output', 4), input: beginOf('terminal.input', 6) } as const;
const end = Buffer.concat([shortText('nsp'), shortText('/daemon')]);
/** As Socket.IO's own client ends an event. */
const endWithOptions = Buffer.concat([
  ...[shortText('options'), mapOf(1), shortText('compress'), Buffer.from([0xc3]), end],
]);
/** Constants, numbers, and text that is not counted by itself. */
const frameBytes = 256;

export function encodeOutput({ sessionId, epoch, offset, data }: OutputPacket): Buffer {
  const writer = new PacketWriter(Buffer.allocUnsafe(frameBytes + sessionId.length * 3 + data.byteLength));
  writer.constant(mapOf(3));
  writer.constant(begin.output);
  writer.text(sessionId);
  writer.constant(key.epoch);
  writer.count(epoch);
  writer.constant(key.offset);
  writer.count(offset);
  writer.constant(key.data);
  writer.data(data);
  writer.constant(end);
  return writer.done;
}

export function decodeOutput(bytes: Buffer): OutputPacket | null {
  const reader = new PacketReader(bytes, 1);
  reader.constant(begin.output);
  if (reader.hasFailed) return null;
  const sessionId = reader.text();
  reader.constant(key.epoch);
  const epoch = reader.count();
  reader.constant(key.offset);
  const offset = reader.count();
  reader.constant(key.data);
  const data = reader.data();
  reader.constant(end, endWithOptions);
  return reader.isWhole ? { sessionId, epoch, offset, data } : null;
}

/** @param id of the acknowledgement that is wanted */
export function encodeInput(input: InputPacket, id: number): Buffer {
  const { sessionId, epoch, client, seq, data, sentMs } = input;
  const room = frameBytes + (sessionId.length + client.length) * 3 + data.byteLength;
  const writer = new PacketWriter(Buffer.allocUnsafe(room));
  writer.constant(mapOf(4));
  writer.constant(begin.input);
  writer.text(sessionId);
  writer.constant(key.epoch);
  writer.count(epoch);
  writer.constant(key.client);
  writer.text(client);
  writer.constant(key.seq);
  writer.count(seq);
  writer.constant(key.data);
  writer.data(data);
  writer.constant(key.sentMs);
  writer.float(sentMs);
  writer.constant(key.id);
  writer.count(id);
  writer.constant(end);
  return writer.done;
}

export function decodeInput(bytes: Buffer): { readonly input: InputPacket; readonly id: number } | null {
  const reader = new PacketReader(bytes, 1);
  reader.constant(begin.input);
  if (reader.hasFailed) return null;
  const sessionId = reader.text();
  reader.constant(key.epoch);
  const epoch = reader.count();
  reader.constant(key.client);
  const client = reader.text();
  reader.constant(key.seq);
  const seq = reader.count();
  reader.constant(key.data);
  const data = reader.data();
  reader.constant(key.sentMs);
  const sentMs = reader.number();
  reader.constant(key.id);
  const id = reader.count();
  reader.constant(end);
  return reader.isWhole ? { input: { sessionId, epoch, client, seq, data, sentMs }, id } : null;
}
