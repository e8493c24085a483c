// REST of what an agent does and could do: its state, its model, preflight, conversations on a host.
import { Controller, Inject } from '@nestjs/common';
import { routes } from '@roundhouse/protocol';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import { AgentQuestions } from './agent-questions.service.js';
import { StatusService } from './status.service.js';

const { sessions } = routes;

@Controller()
export class AgentsController {
  constructor(
    @Inject(StatusService) private readonly states: StatusService,
    @Inject(AgentQuestions) private readonly questions: AgentQuestions,
  ) {}

  @Handle(sessions.status)
  status(@Parsed() call: Call<typeof sessions.status>) {
    return this.states.status(call.params.id);
  }

  @Handle(sessions.setModel)
  async setModel(@Parsed() call: Call<typeof sessions.setModel>) {
    await this.questions.setModel(call.params.id, call.body.model, signedIn(call));
    return {};
  }

  @Handle(sessions.preflight)
  preflight(@Parsed() call: Call<typeof sessions.preflight>) {
    return this.questions.preflight(call.body);
  }

  @Handle(sessions.conversations)
  conversations(@Parsed() call: Call<typeof sessions.conversations>) {
    return this.questions.conversations(call.params.id, call.query);
  }
}
