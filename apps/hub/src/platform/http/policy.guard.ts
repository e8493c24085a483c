// Default deny: only handlers bound to a route of the registry are called, and only by those whom its permission
// allows.
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AppError } from '@roundhouse/protocol';
import { CredentialService } from '../../auth/credential.service.js';
import { refusal } from '../../auth/policy.js';
import { routeOf, type RoundhouseRequest } from './route.js';

@Injectable()
export class PolicyGuard implements CanActivate {
  constructor(@Inject(CredentialService) private readonly credentials: CredentialService) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const route = routeOf(execution.getHandler());
    const request = execution.switchToHttp().getRequest<RoundhouseRequest>();
    const context = request.roundhouse;
    if (!route || !context) throw new AppError('FORBIDDEN', { message: 'This handler has no policy' });
    if (route.permission === 'public') return true;
    const { cookie, authorization } = request.headers;
    const actor = await this.credentials.authenticate({ cookie, authorization, place: context });
    const refused = refusal(actor, route.permission);
    if (refused) throw refused;
    request.roundhouse = { ...context, actor };
    return true;
  }
}
