import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { AppError } from './errors.js';
import { uiEvents } from './events/ui.js';
import { sessionInputSchema, sessionSpawnSchema } from './routes/sessions.js';
import { fieldPath, parseWith } from './validation.js';

const failure = (schema: z.ZodType, value: unknown): AppError => {
  try {
    parseWith(schema, value, 'The body');
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('was accepted');
};
const fieldsOf = (schema: z.ZodType, value: unknown): string[] =>
  failure(schema, value).fields.map(({ field }) => field);

const spawn = {
  hostId: '11111111-1111-4111-8111-111111111111',
  profile: 'bash',
  project: '/srv/shop',
  cols: 80,
  rows: 24,
};

describe('what is wrong with a value', () => {
  it('is told by field, in words', () => {
    expect(fieldPath(['commands', 'new', 0])).toBe('commands.new[0]');
    expect(fieldsOf(sessionSpawnSchema, { ...spawn, cols: 5, project: 'srv' })).toEqual(['project', 'cols']);
    expect(failure(sessionSpawnSchema, { ...spawn, project: 'srv' }).message).toBe(
      'The body has a wrong value. project: must be an absolute path',
    );
    expect(fieldsOf(sessionSpawnSchema, 'nothing of the kind')).toEqual(['(whole)']);
  });

  it('names what is not known', () => {
    expect(failure(sessionSpawnSchema, { ...spawn, colour: 'red' }).fields).toEqual([
      { field: 'colour', message: 'is not known here' },
    ]);
  });

  it('names the field of the form that was meant', () => {
    expect(fieldsOf(sessionInputSchema, { data: '' })).toEqual(['data']);
    expect(fieldsOf(sessionInputSchema, { dataBase64: '%%%' })).toEqual(['dataBase64']);
    expect(failure(sessionInputSchema, {}).fields).not.toEqual([
      { field: '(whole)', message: 'Invalid input' },
    ]);
  });

  it('takes offsets up to 2^53-1 and nothing else (R:D10)', () => {
    const attach = uiEvents['session.attach'].payload;
    const at = (fromOffset: unknown) => ({ sessionId: spawn.hostId, fromOffset });
    for (const good of [0, 1, Number.MAX_SAFE_INTEGER])
      expect(parseWith(attach, at(good)).fromOffset).toBe(good);
    for (const bad of [-1, 0.5, NaN, Infinity, 2 ** 53 + 2, '7', null]) {
      expect(fieldsOf(attach, at(bad))).toEqual(['fromOffset']);
    }
  });

  it('takes bytes in every binary form, and gives them on in one', () => {
    const input = uiEvents['session.input'].payload;
    const of = (data: unknown) => ({ sessionId: spawn.hostId, epoch: 1, seq: 1, data });
    for (const data of [
      'hi',
      Buffer.from('hi'),
      new Uint8Array([104, 105]),
      new Uint8Array([104, 105]).buffer,
    ]) {
      expect([...parseWith(input, of(data)).data]).toEqual([104, 105]);
    }
    const tooMuch = ['x'.repeat(65 * 1024), '\u20ac'.repeat(22 * 1024), new Uint8Array(65 * 1024)];
    for (const data of [7, [104], { type: 'Buffer', data: [1] }, ...tooMuch]) {
      expect(fieldsOf(input, of(data))).toEqual(['data']);
    }
    expect([...parseWith(input, of('\u20ac')).data]).toEqual([0xe2, 0x82, 0xac]);
  });
});
