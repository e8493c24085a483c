// REST of usage over time.
import { Controller } from '@nestjs/common';
import { AppError, routes } from '@roundhouse/protocol';
import { Handle } from '../platform/http/route.js';

const notYet = (): never => {
  throw new AppError('NOT_FOUND', { message: 'This hub does not answer that yet' });
};

@Controller()
export class UsageController {
  @Handle(routes.usage.sums)
  sums() {
    return notYet();
  }

  @Handle(routes.usage.series)
  series() {
    return notYet();
  }

  @Handle(routes.usage.tools)
  tools() {
    return notYet();
  }

  @Handle(routes.usage.prompts)
  prompts() {
    return notYet();
  }

  @Handle(routes.usage.session)
  session() {
    return notYet();
  }

  @Handle(routes.usage.fleetActivity)
  fleetActivity() {
    return notYet();
  }

  @Handle(routes.usage.getPrices)
  getPrices() {
    return notYet();
  }

  @Handle(routes.usage.setPrices)
  setPrices() {
    return notYet();
  }
}
