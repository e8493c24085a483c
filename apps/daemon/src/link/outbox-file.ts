// The text of the outbox's file: a header, then one fact a line; a later line replaces one of the same number, and some
// lines say up to where the hub has applied them. Pure.
import { factSchema, type Fact } from '@roundhouse/protocol';
import { z } from 'zod';

export interface OutboxState {
  readonly stream: string;
  readonly nextSeq: number;
  readonly facts: Fact[];
}

const headerSchema = z.object({ stream: z.uuid(), nextSeq: z.int().positive() });

const ackedSchema = z.object({ acked: z.int().nonnegative() });

export const ackedLine = (acked: number): string => `${JSON.stringify({ acked })}\n`;

export const factLine = (fact: Fact): string => `${JSON.stringify(fact)}\n`;

export function outboxText({ stream, nextSeq, facts }: OutboxState): string {
  return `${JSON.stringify({ stream, nextSeq })}\n${facts.map(factLine).join('')}`;
}

/** What can be read. With a hole in the numbers, which only damage makes, what is left begins a stream of its own. */
export function readOutbox(text: string, newStream: () => string): OutboxState {
  const [first = '', ...rest] = text.split('\n');
  const header = headerSchema.safeParse(parse(first));
  const byNumber = new Map<number, Fact>();
  let acked = 0;
  for (const line of rest) {
    const read = parse(line);
    const fact = factSchema.safeParse(read);
    if (fact.success) byNumber.set(fact.data.seq, fact.data);
    else acked = Math.max(acked, ackedSchema.safeParse(read).data?.acked ?? 0);
  }
  const all = [...byNumber.values()].sort((a, b) => a.seq - b.seq);
  const start = all[0]?.seq ?? 1;
  const whole = all.every((fact, index) => fact.seq === start + index);
  const facts = all.filter(({ seq }) => seq > acked);
  if (header.success && whole) {
    const nextSeq = all.length > 0 ? start + all.length : header.data.nextSeq;
    if (nextSeq >= header.data.nextSeq) return { stream: header.data.stream, nextSeq, facts };
  }
  const renumbered = facts.map((fact, index) => ({ ...fact, seq: index + 1 }));
  return { stream: newStream(), nextSeq: renumbered.length + 1, facts: renumbered };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
