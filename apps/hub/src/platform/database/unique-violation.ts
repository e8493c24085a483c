// Recognises the error of a unique index, which is how races for one name or key are decided.
import { Prisma } from '../../generated/prisma/client.js';

export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
