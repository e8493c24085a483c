// REST of a user's own API tokens.
import { Controller, Inject } from '@nestjs/common';
import { routes } from '@roundhouse/protocol';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import { ApiTokenService } from './api-token.service.js';

const { auth } = routes;

@Controller()
export class TokensController {
  constructor(@Inject(ApiTokenService) private readonly tokens: ApiTokenService) {}

  @Handle(auth.createToken)
  create(@Parsed() call: Call<typeof auth.createToken>) {
    return this.tokens.create(call.body, signedIn(call), call.context.ip);
  }

  @Handle(auth.listTokens)
  async list(@Parsed() call: Call<typeof auth.listTokens>) {
    return { items: await this.tokens.list(signedIn(call)) };
  }

  @Handle(auth.deleteToken)
  async remove(@Parsed() call: Call<typeof auth.deleteToken>): Promise<Record<string, never>> {
    await this.tokens.revoke(call.params.id, signedIn(call), call.context.ip);
    return {};
  }
}
