// What Nest itself has to say, in the hub's log.
import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@roundhouse/kit';

export const nestLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown) => {
    logger.debug({ from: 'nest' }, String(message));
  },
  warn: (message: unknown) => {
    logger.warn({ from: 'nest' }, String(message));
  },
  error: (message: unknown, ...rest: unknown[]) => {
    logger.error({ from: 'nest', detail: rest.map(String) }, String(message));
  },
});
