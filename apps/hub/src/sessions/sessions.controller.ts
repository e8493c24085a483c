// REST of sessions and their worktrees.
import { Controller, Inject } from '@nestjs/common';
import { AppError, inputChunkBytes, routes } from '@roundhouse/protocol';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import { SessionsService } from './sessions.service.js';
import { SpawnService } from './spawn.service.js';
import { StopService } from './stop.service.js';
import { WorktreeService } from './worktree.service.js';

const { sessions } = routes;
/** Keys are made by clients: long enough for a UUID or a hash, short enough to index. */
const keyPattern = /^[\x21-\x7e]{1,200}$/;

@Controller()
export class SessionsController {
  constructor(
    @Inject(SessionsService) private readonly service: SessionsService,
    @Inject(SpawnService) private readonly spawning: SpawnService,
    @Inject(StopService) private readonly stopping: StopService,
    @Inject(WorktreeService) private readonly worktrees: WorktreeService,
  ) {}

  @Handle(sessions.create)
  create(@Parsed() call: Call<typeof sessions.create>) {
    const key = call.request.get('Idempotency-Key') ?? '';
    if (!keyPattern.test(key)) throw new AppError('IDEMPOTENCY_KEY_REQUIRED');
    return this.spawning.spawn(call.body, signedIn(call), key);
  }

  @Handle(sessions.list)
  list(@Parsed() call: Call<typeof sessions.list>) {
    return this.service.list(call.query);
  }

  @Handle(sessions.get)
  get(@Parsed() call: Call<typeof sessions.get>) {
    return this.service.get(call.params.id);
  }

  @Handle(sessions.update)
  update(@Parsed() call: Call<typeof sessions.update>) {
    return this.service.update(call.params.id, call.body, signedIn(call));
  }

  @Handle(sessions.remove)
  async remove(@Parsed() call: Call<typeof sessions.remove>) {
    await this.service.remove(call.params.id, signedIn(call));
    return {};
  }

  @Handle(sessions.stop)
  stop(@Parsed() call: Call<typeof sessions.stop>) {
    return this.stopping.stop(call.params.id, call.body.force ?? false, signedIn(call));
  }

  @Handle(sessions.input)
  async input(@Parsed() call: Call<typeof sessions.input>) {
    const data =
      'data' in call.body ? Buffer.from(call.body.data, 'utf8') : Buffer.from(call.body.dataBase64, 'base64');
    if (data.byteLength > inputChunkBytes) {
      throw new AppError('BODY_TOO_LARGE', {
        message: `Input is at most ${String(inputChunkBytes)} bytes at once`,
      });
    }
    await this.service.input(call.params.id, data, signedIn(call));
    return {};
  }

  @Handle(sessions.resume)
  resume(@Parsed() call: Call<typeof sessions.resume>) {
    return this.spawning.resume(call.params.id, call.body, signedIn(call));
  }

  @Handle(sessions.adopt)
  adopt(@Parsed() call: Call<typeof sessions.adopt>) {
    return this.service.adopt(call.params.id, signedIn(call));
  }

  @Handle(sessions.getWorktree)
  getWorktree(@Parsed() call: Call<typeof sessions.getWorktree>) {
    return this.worktrees.status(call.params.id);
  }

  @Handle(sessions.removeWorktree)
  removeWorktree(@Parsed() call: Call<typeof sessions.removeWorktree>) {
    const confirm = call.body.confirm ?? call.query.confirm ?? false;
    return this.worktrees.remove(call.params.id, confirm, signedIn(call));
  }
}
