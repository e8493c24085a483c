// Fields that say where an agent keeps its conversations. They are only ever read.
import { z } from 'zod';
import { listOf, plainText } from '../rules.js';
import { jsonPath, oneOf, pattern, section } from './section.js';

/** Read of the head of a conversation's file when the profile does not say, in bytes. */
export const STORE_SCAN_DEFAULT = 64 * 1024;
/** Most that a profile can ask to read of one file, in bytes. */
const SCAN_MAX = 1024 * 1024;
const SIZE = /^(\d{1,7}) ?(KiB|MiB)?$/;
const factors: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 * 1024 };

const fromName = section({ from: z.literal('name'), match: pattern });
const fromLine = section({
  from: z.literal('line'),
  key: jsonPath,
  /** The line has the hash of the value in hex, not the value. */
  hash: z.literal('sha256').optional(),
});
const place = z.discriminatedUnion('from', [fromName, fromLine], {
  error: 'must say where it stands: { from: name, match: … } or { from: line, key: … }',
});

const globPath = plainText('a path').refine((path) => !path.includes('**'), {
  error: 'must not contain "**"; write one "*" for each directory',
});

const bytes = z
  .union([z.int(), z.string().regex(SIZE, { error: 'must be a size, like 64 KiB' })], {
    error: 'must be a size, like 64 KiB',
  })
  .transform((value) => {
    const [, count = '0', unit = ''] = SIZE.exec(String(value)) ?? [];
    return Number(count) * (factors[unit] ?? 1);
  })
  .refine((value) => value > 0 && value <= SCAN_MAX, { error: 'must be between 1 byte and 1 MiB' });

const storeSchema = section({
  files: globPath,
  id: place,
  cwd: place.optional(),
  title: place.optional(),
  at: z.enum(['mtime'], oneOf(['mtime'])).optional(),
  scan: bytes.optional(),
});
/** One kind of file that an agent keeps conversations in. */
export type StoreRule = z.output<typeof storeSchema>;
export type StorePlace = StoreRule['id'];

export const storeFields = { store: listOf(storeSchema).optional() } as const;
