// Nest's errors and ours, as problem documents.
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { Response } from 'express';
import { LOGGER } from '../tokens.js';
import { otherMethods } from './route-table.js';
import type { RoundhouseRequest } from './route.js';
import { sendProblem } from './problem.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<RoundhouseRequest>();
    const response = http.getResponse<Response>();
    const known = error instanceof HttpException ? fromNest(error, request, response) : error;
    sendProblem(response, known, {
      requestId: request.roundhouse?.requestId ?? '',
      method: request.method,
      logger: this.logger,
    });
  }
}

/** Nest throws these itself: no route, or a request that Express could not read. */
function fromNest(error: HttpException, request: RoundhouseRequest, response: Response): unknown {
  const status = error.getStatus();
  if (status === 404) {
    const methods = otherMethods(request.path);
    if (methods.length === 0)
      return new AppError('NOT_FOUND', { message: 'There is nothing at this address' });
    response.setHeader('Allow', methods.join(', '));
    return new AppError('METHOD_NOT_ALLOWED', {
      message: `${request.path} takes ${methods.join(', ')}, not ${request.method}`,
    });
  }
  return status >= 400 && status < 500 ? new AppError('BAD_REQUEST', { cause: error }) : error;
}
