// The text of the outbox's file: a header, then one fact a line; a later line replaces one of the same number. Pure.
import { factSchema, type Fact } from '@roundhouse/protocol';
import { z } from 'zod';

export interface OutboxState {
  readonly stream: string;
  readonly nextSeq: number;
  readonly facts: Fact[];
}

const headerSchema = z.object({ stream: z.uuid(), nextSeq: z.int().positive() });

export const factLine = (fact: Fact): string => `${JSON.stringify(fact)}\n`;

export function outboxText({ stream, nextSeq, facts }: OutboxState): string {
  return `${JSON.stringify({ stream, nextSeq })}\n${facts.map(factLine).join('')}`;
}

/** What can be read. With a hole in the numbers, which only damage makes, what is left begins a stream of its own. */
export function readOutbox(text: string, newStream: () => string): OutboxState {
  const [first = '', ...rest] = text.split('\n');
  const header = headerSchema.safeParse(parse(first));
  const byNumber = new Map<number, Fact>();
  for (const line of rest) {
    const fact = factSchema.safeParse(parse(line));
    if (fact.success) byNumber.set(fact.data.seq, fact.data);
  }
  const facts = [...byNumber.values()].sort((a, b) => a.seq - b.seq);
  const start = facts[0]?.seq ?? 1;
  const whole = facts.every((fact, index) => fact.seq === start + index);
  if (header.success && whole) {
    const nextSeq = facts.length > 0 ? start + facts.length : header.data.nextSeq;
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
