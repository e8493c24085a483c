// Which conversation a start goes on with, row by row.
import { parseProfile } from '@roundhouse/profiles';
import { describe, expect, it } from 'vitest';
import { isIdOf, planConversation, type ConversationWish } from './conversation.js';

const chosen = parseProfile({
  name: 'chosen',
  commands: { new: ['x'], resume: ['x', '--continue'] },
  session_id: ['--session-id', '{session_uuid}'],
  resume_by_id: ['x', '--resume', '{conversation}'],
  fork: ['x', '--resume', '{conversation}', '--fork'],
  conversation_id: '[0-9a-f-]{36}',
});
const learnt = parseProfile({
  name: 'learnt',
  commands: { new: ['y'], resume: ['y', '--last'] },
  resume_by_id: ['y', 'resume', '{conversation}'],
  learn_id: true,
});
const lastOnly = parseProfile({ name: 'last-only', commands: { new: ['z'], resume: ['z', '-c'] } });
const never = parseProfile({ name: 'never', commands: { new: ['w'] } });

const session = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';
const plan = (change: Partial<ConversationWish>) =>
  planConversation({
    profile: chosen,
    mode: 'resume',
    resume: 'exact',
    sessionId: session,
    known: other,
    named: false,
    exists: true,
    ...change,
  });

describe('a new conversation', () => {
  it('has the id of the session where the agent takes one', () => {
    expect(plan({ mode: 'new', known: null })).toEqual({
      command: 'new',
      given: session,
      kept: session,
      note: null,
    });
  });
  it('has none yet where the agent chooses it', () => {
    expect(plan({ mode: 'new', known: null, profile: learnt })).toMatchObject({ given: null, kept: null });
  });
});

describe('exactly that conversation', () => {
  it('is resumed by its id, whether the store has it or cannot tell', () => {
    const exact = { command: 'exact', given: other, kept: other, note: null };
    expect(plan({})).toEqual(exact);
    expect(plan({ exists: null })).toEqual(exact);
  });
  it('begins again under the same id when it was never kept', () => {
    expect(plan({ exists: false })).toMatchObject({ command: 'new', given: other, kept: other });
    expect(plan({ exists: false }).note).toContain('nothing was said');
    expect(plan({ exists: false, profile: learnt })).toMatchObject({
      command: 'new',
      given: null,
      kept: null,
    });
  });
  it('is refused when a person named it and it is not there', () => {
    expect(() => plan({ exists: false, named: true })).toThrow(
      expect.objectContaining({ code: 'CONVERSATION_NOT_FOUND' }),
    );
  });
  it('is the newest of the directory, and that is said, where no id is known or taken', () => {
    expect(plan({ known: null, profile: learnt })).toMatchObject({ command: 'last', given: null });
    expect(plan({ known: null, profile: learnt }).note).toContain('newest conversation');
    expect(plan({ profile: lastOnly })).toMatchObject({ command: 'last', kept: other });
  });
  it('is new, and that is said, where the agent cannot resume', () => {
    expect(plan({ profile: never })).toMatchObject({ command: 'new', given: null });
    expect(plan({ profile: never }).note).toContain('cannot resume');
  });
});

it('"resume last" asks for no id', () => {
  expect(plan({ resume: 'last' })).toEqual({ command: 'last', given: null, kept: null, note: null });
});

describe('a copy', () => {
  it('is made of what is there, and gets another id', () => {
    expect(plan({ resume: 'fork' })).toEqual({ command: 'fork', given: other, kept: null, note: null });
  });
  it('is refused where the agent has no such command, or nothing to copy', () => {
    expect(() => plan({ resume: 'fork', profile: learnt })).toThrow(
      expect.objectContaining({ code: 'RESUME_UNSUPPORTED' }),
    );
    expect(() => plan({ resume: 'fork', exists: false })).toThrow(
      expect.objectContaining({ code: 'CONVERSATION_NOT_FOUND' }),
    );
  });
});

describe('an id', () => {
  it.each([
    '--resume=--dangerously',
    '-x',
    '',
    ' a',
    'a b',
    'a\nb',
    '../../etc/passwd',
    'a'.repeat(201),
    "a'b",
    'a;b',
  ])('that is none (%j) never reaches a command line', (id) => {
    expect(isIdOf(lastOnly, id)).toBe(false);
    expect(() => plan({ known: id, profile: learnt })).toThrow(
      expect.objectContaining({ code: 'CONVERSATION_NOT_FOUND' }),
    );
  });
  it('has to be what the profile says, whole', () => {
    expect(isIdOf(chosen, session)).toBe(true);
    expect(isIdOf(chosen, `${session}x`)).toBe(false);
    expect(isIdOf(lastOnly, 'ses_7Fq.a:b-c')).toBe(true);
    expect(isIdOf(parseProfile({ name: 'broken', conversation_id: '(' }), session)).toBe(false);
  });
});
