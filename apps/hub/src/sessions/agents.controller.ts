// REST of what an agent does and could do: its state, its model, preflight, conversations on a host.
import { Controller, Inject } from '@nestjs/common';
import { AppError, routes } from '@roundhouse/protocol';
import { Handle, Parsed, type Call } from '../platform/http/route.js';
import { StatusService } from './status.service.js';

const notYet = (): never => {
  throw new AppError('NOT_FOUND', { message: 'This hub does not answer that yet' });
};

@Controller()
export class AgentsController {
  constructor(@Inject(StatusService) private readonly states: StatusService) {}

  @Handle(routes.sessions.status)
  status(@Parsed() call: Call<typeof routes.sessions.status>) {
    return this.states.status(call.params.id);
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
