// Cursors of the session list: where the last page ended, opaque to clients. Pure.
import { z } from 'zod';
import { AppError } from '@roundhouse/protocol';

export interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

const shape = z.tuple([z.iso.datetime(), z.uuid()]);

export const encodeCursor = ({ createdAt, id }: Cursor): string =>
  Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');

/** @throws AppError VALIDATION_FAILED */
export function decodeCursor(text: string): Cursor {
  try {
    const [createdAt, id] = shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { createdAt: new Date(createdAt), id };
  } catch (cause) {
    throw new AppError('VALIDATION_FAILED', {
      message: 'The cursor is not one that this list gave',
      fields: [{ field: 'cursor', message: 'must be a nextCursor of this list' }],
      cause,
    });
  }
}
