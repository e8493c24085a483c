// REST of what an agent does and could do: its state, its model, preflight, conversations on a host.
import { Controller } from '@nestjs/common';
import { AppError, routes } from '@roundhouse/protocol';
import { Handle } from '../platform/http/route.js';

const notYet = (): never => {
  throw new AppError('NOT_FOUND', { message: 'This hub does not answer that yet' });
};

@Controller()
export class AgentsController {
  @Handle(routes.sessions.status)
  status() {
    return notYet();
  }

  @Handle(routes.sessions.setModel)
  setModel() {
    return notYet();
  }

  @Handle(routes.sessions.preflight)
  preflight() {
    return notYet();
  }

  @Handle(routes.sessions.conversations)
  conversations() {
    return notYet();
  }
}
