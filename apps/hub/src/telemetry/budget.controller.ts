// REST of budgets.
import { Controller, Inject } from '@nestjs/common';
import { routes } from '@roundhouse/protocol';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import { BudgetService } from './budget.service.js';

const { budgets } = routes;

@Controller()
export class BudgetController {
  constructor(@Inject(BudgetService) private readonly service: BudgetService) {}

  @Handle(budgets.list)
  async list() {
    return { items: await this.service.list() };
  }

  @Handle(budgets.create)
  create(@Parsed() call: Call<typeof budgets.create>) {
    return this.service.create(call.body, signedIn(call), call.context.ip);
  }

  @Handle(budgets.remove)
  async remove(@Parsed() call: Call<typeof budgets.remove>) {
    await this.service.remove(call.params.id, signedIn(call), call.context.ip);
    return {};
  }
}
