// Ids of conversations are believed from their own session's channel: the newest main one, in the agent's own shape.
import { silentLogger } from '@roundhouse/kit';
import { parseProfile } from '@roundhouse/profiles';
import { sessionIdSchema } from '@roundhouse/protocol';
import { expect, it } from 'vitest';
import { ConversationLearner } from './learn.js';

const sessionId = sessionIdSchema.parse('11111111-1111-4111-8111-111111111111');
const profile = parseProfile({
  name: 'x',
  conversation_id: 'ses_[a-z]+',
  hooks: { events: ['A'], fields: { conversation: 'sessionID', agent: 'info.parentID' } },
});

function learner(stored: string[] = []) {
  const learnt: string[] = [];
  const made = new ConversationLearner({
    agentOf: (id) => (id === sessionId ? { profile, cwd: '/p' } : null),
    learn: async (_, epoch, id) => {
      learnt.push(`${String(epoch)} ${id}`);
    },
    stores: { list: async () => stored.map((id) => ({ id, title: null, cwd: '/p', at: 0, sizeBytes: 0 })) },
    logger: silentLogger(),
  });
  const hook = async (payload: Record<string, unknown>) =>
    made.onHook({ sessionId, epoch: 1, event: 'A', payload, receivedAt: 0, ageMs: 0 });
  return { made, learnt, hook };
}

it('the newest main one is kept, once', async () => {
  const { hook, learnt } = learner();
  await hook({ sessionID: 'ses_a' });
  await hook({ sessionID: 'ses_a' });
  await hook({ sessionID: 'ses_b' });
  await hook({ other: 1 });
  expect(learnt).toEqual(['1 ses_a', '1 ses_b']);
});

it('a side conversation never is, also where it speaks without saying so; a subagent may use the main id', async () => {
  const { hook, learnt } = learner();
  await hook({ sessionID: 'ses_main' });
  await hook({ sessionID: 'ses_child', info: { parentID: 'ses_main' } });
  await hook({ sessionID: 'ses_child' });
  await hook({ sessionID: 'ses_main', info: { parentID: 'x' } });
  expect(learnt).toEqual(['1 ses_main']);
});

it('what does not look like an id, or comes for another session, is not', async () => {
  const { made, hook, learnt } = learner();
  for (const id of ['--yolo', '', 7, null, 'ses_A', 'ses_a; rm']) await hook({ sessionID: id });
  const stranger = sessionIdSchema.parse('22222222-2222-4222-8222-222222222222');
  await made.tell({ sessionId: stranger, epoch: 1, id: 'ses_a', main: true });
  expect(learnt).toEqual([]);
});

it('a doubtful one needs the store to have it for this directory', async () => {
  const { made, learnt } = learner(['ses_kept']);
  await made.tell({ sessionId, epoch: 1, id: 'ses_title', main: true, doubtful: true });
  await made.tell({ sessionId, epoch: 1, id: 'ses_kept', main: true, doubtful: true });
  expect(learnt).toEqual(['1 ses_kept']);
});
