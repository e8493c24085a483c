// Reads JSON bodies and refuses every other kind: forms and text/plain are what foreign pages can send.
import { AppError } from '@roundhouse/protocol';
import { json, type Request, type Response } from 'express';

/** Larger than any request here: 64 KiB of input in base64, a task text, a session list filter. */
const limitBytes = 1024 * 1024;

const parser = json({ limit: limitBytes, strict: true, inflate: false, type: () => true });

/** Leaves the parsed body on the request. @throws AppError and body-parser's errors */
export async function readJsonBody(request: Request, response: Response): Promise<void> {
  if (!hasBody(request)) return;
  if (!request.is('application/json')) {
    const type = request.headers['content-type'] ?? 'none';
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      message: `The body has the content type ${type.slice(0, 100)}`,
    });
  }
  await new Promise<void>((resolve, reject) => {
    parser(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('The body could not be read', { cause: error }));
    });
  });
}

const hasBody = (request: Request): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
