// Asks a running agent to use another model: types what its profile says, while the agent is idle and reads it.
import { newId } from '@roundhouse/kit';
import { expand, keyInput, type Profile } from '@roundhouse/profiles';
import { AppError, sessionOptionsSchema, type Activity } from '@roundhouse/protocol';

export interface SwitchingSession {
  readonly profile: Profile | undefined;
  readonly activity: Activity | null;
  type(client: string, data: Buffer): Promise<unknown>;
}

/** @throws AppError OPTION_UNKNOWN, CONFLICT while it is not idle, and those of the terminal */
export async function switchModel(session: SwitchingSession, asked: string): Promise<void> {
  const { profile, activity } = session;
  const keys = profile?.models?.switch;
  if (keys === undefined) {
    throw new AppError('OPTION_UNKNOWN', {
      message: `${profile?.display_name ?? 'The agent'} has no way to change its model while it runs`,
    });
  }
  // It is typed: what is no name of a model could be anything else.
  const model = sessionOptionsSchema.shape.model.safeParse(asked);
  if (!model.success || model.data === undefined) {
    throw new AppError('OPTION_UNKNOWN', { message: 'That is no name of a model' });
  }
  if (activity?.kind !== 'idle') {
    throw new AppError('CONFLICT', {
      message: 'The agent is not idle: what is typed now would be taken for something else',
      hint: 'Wait until it is idle, or type the command yourself.',
    });
  }
  await session.type(
    `model-${newId()}`,
    Buffer.from(expand(keyInput(keys), { ...nobody, model: model.data })),
  );
}

const nobody = { sessionId: '', conversationId: null, otlpEndpoint: null, otlpPort: null, tmpDir: '' };
