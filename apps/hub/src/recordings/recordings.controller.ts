// REST of recordings.
import { Controller, Inject, StreamableFile } from '@nestjs/common';
import { recordingMediaType, routes } from '@roundhouse/protocol';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import { RecordingsService } from './recordings.service.js';

const route = routes.sessions.recording;
/** A client that takes nothing for so long is gone. */
const idleMs = 60_000;

@Controller()
export class RecordingsController {
  constructor(@Inject(RecordingsService) private readonly recordings: RecordingsService) {}

  @Handle(route)
  async recording(@Parsed() call: Call<typeof route>): Promise<StreamableFile> {
    const { format = 'v2', epoch = null } = call.query;
    const { stream, fileName } = await this.recordings.make(
      call.params.id,
      { format, epoch },
      signedIn(call),
    );
    call.response.setTimeout(idleMs, () => {
      call.response.destroy();
    });
    call.response.setHeader('Cache-Control', 'no-store');
    const disposition = `attachment; filename="${fileName}"`;
    return new StreamableFile(stream, { type: recordingMediaType, disposition });
  }
}
