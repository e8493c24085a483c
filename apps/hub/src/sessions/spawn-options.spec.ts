// Options of a spawn against what the host reported: secrets, unknown names, the word for a bypass, fallbacks, old daemons.
import { sessionSpawnSchema, type Host, type HostProfile, type SessionSpawn } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { hostOf, sessionOf } from '../testing/entities.js';
import { forkOp, resumeOp } from './resume-order.js';
import { needsOptions, requireDaemonFor } from './spawn-options.js';
import { planSpawn } from './spawn-request.js';

const [bash] = hostOf().profiles;
if (!bash) throw new Error('no profile');
const claude: HostProfile = {
  ...bash,
  name: 'claude',
  displayName: 'Claude',
  supportsResume: true,
  takesModel: true,
  models: ['opus'],
  modes: [
    { name: 'plan', displayName: 'Plan', bypass: false, allowed: true },
    { name: 'never', displayName: 'Never ask', bypass: true, allowed: true },
    { name: 'closed', displayName: 'Closed', bypass: true, allowed: false },
  ],
  presets: [{ name: 'review', displayName: 'Review' }],
  fallback: ['gone', 'codex', 'bash'],
};
const codex: HostProfile = {
  ...bash,
  name: 'codex',
  displayName: 'Codex',
  available: false,
  reason: 'not there',
};
const host = hostOf({ profiles: [bash, codex, claude] });
const sessionId = '44444444-4444-4444-8444-444444444444';

const request = (change: object): SessionSpawn =>
  sessionSpawnSchema.parse({
    hostId: host.id,
    profile: 'claude',
    project: '/srv/shop',
    cols: 80,
    rows: 24,
    ...change,
  });
const plan = (change: object, at: Host = host) =>
  planSpawn(request(change), { host: at, companion: null, sessionId });

describe('options', () => {
  it('go with the order, and are left out where nothing was chosen', () => {
    const options = {
      model: 'opus',
      permissionMode: 'plan',
      preset: 'review',
      args: ['--verbose'],
      env: { A: '1' },
    };
    expect(plan({ options }).op.options).toEqual(options);
    expect(plan({ options: {} }).op).not.toHaveProperty('options');
  });

  it.each([
    [{ env: { MY_TOKEN: 'hunter22222' } }, 'options.env.MY_TOKEN'],
    [{ env: { ANY: 'sk-canary-0123456789abcdef' } }, 'options.env.ANY'],
    [{ args: ['--api-key=hunter22222'] }, 'options.args[0]'],
    [{ args: ['--api-key', 'hunter22222'] }, 'options.args[1]'],
    [{ args: ['ghp_0123456789abcdefghij'] }, 'options.args[0]'],
  ])('that look like a secret are refused by name: %j (R:A15, R:H15)', (options, field) => {
    const refused = expect.objectContaining({
      code: 'SECRET_IN_OPTIONS',
      fields: [expect.objectContaining({ field })],
    });
    expect(() => plan({ options })).toThrow(refused);
    try {
      plan({ options });
    } catch (error) {
      const { message, hint, fields } = error as { message: string; hint: string; fields: object };
      expect(JSON.stringify([message, hint, fields])).not.toMatch(/hunter|canary|ghp_/);
    }
  });

  it.each([
    [{ preset: 'nothing' }, 'options.preset'],
    [{ permissionMode: 'nothing' }, 'options.permissionMode'],
  ])('that the profile does not have are refused: %j', (options, field) => {
    expect(() => plan({ options })).toThrow(
      expect.objectContaining({ code: 'OPTION_UNKNOWN', fields: [expect.objectContaining({ field })] }),
    );
  });
});

describe('a mode in which the agent asks for nothing', () => {
  const options = { permissionMode: 'never' };
  it('needs the name of the project, to the letter', () => {
    for (const confirmBypass of [undefined, '', 'Shop', 'shop ', '/srv/shop']) {
      expect(() => plan({ options, confirmBypass })).toThrow(
        expect.objectContaining({ code: 'BYPASS_REFUSED' }),
      );
    }
    expect(plan({ options, confirmBypass: 'shop' }).op).toMatchObject({ options, confirmBypass: 'shop' });
  });
  it('is refused with the name where profile or host do not allow it', () => {
    expect(() => plan({ options: { permissionMode: 'closed' }, confirmBypass: 'shop' })).toThrow(
      expect.objectContaining({ code: 'BYPASS_REFUSED' }),
    );
  });
  it('is asked for again at each resume', () => {
    const session = sessionOf({ profile: 'claude', options, state: 'exited' });
    const size = { cols: 80, rows: 24 };
    expect(() => resumeOp(session, size, host)).toThrow(expect.objectContaining({ code: 'BYPASS_REFUSED' }));
    expect(resumeOp(session, { ...size, confirmBypass: 'shop' }, host).options).toEqual(options);
  });
});

describe('a fallback', () => {
  const away = hostOf({ profiles: [bash, codex, { ...claude, available: false, reason: 'not installed' }] });
  it('is the next of the chain that is there, and the session says so', () => {
    const { op, notes } = plan({ options: { fallback: true, model: 'opus', env: { A: '1' } } }, away);
    expect(op).toMatchObject({ profile: 'bash', options: { env: { A: '1' } } });
    expect(op.options).not.toHaveProperty('model');
    expect(notes).toEqual(['Claude was not available (not installed): Bash runs instead']);
  });
  it('is taken only when the request allows it and the profile is not there', () => {
    expect(plan({}, away).op.profile).toBe('claude');
    expect(plan({ options: { fallback: true } }).op.profile).toBe('claude');
  });
});

describe('resume', () => {
  const size = { cols: 100, rows: 30 };
  const session = sessionOf({
    profile: 'claude',
    conversationId: 'ses_1',
    options: { model: 'opus' },
    worktree: true,
  });
  it('carries the conversation and the options it had, in the same place', () => {
    expect(resumeOp(session, size, host)).toMatchObject({
      ...{
        epoch: 2,
        mode: 'resume',
        conversation: 'ses_1',
        options: { model: 'opus' },
        worktree: true,
        ...size,
      },
    });
    expect(resumeOp(session, { ...size, options: {} }, host)).not.toHaveProperty('options');
  });
  it('as a copy is another session in the same directory', () => {
    expect(forkOp(session, size, { host, sessionId: '55555555-5555-4555-8555-555555555555' })).toMatchObject({
      ...{ epoch: 1, resume: 'fork', conversation: 'ses_1', companionOf: session.id, worktree: false },
    });
    expect(() => forkOp({ ...session, conversationId: null }, size, { host, sessionId })).toThrow(
      expect.objectContaining({ code: 'CONVERSATION_NOT_FOUND' }),
    );
  });
  it('of a found conversation needs its own directory', () => {
    expect(plan({ mode: 'resume', conversation: 'ses_1' }).op).toMatchObject({
      mode: 'resume',
      conversation: 'ses_1',
    });
    expect(() => plan({ conversation: 'ses_1' })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }),
    );
  });
});

describe('a daemon of protocol 1', () => {
  it('is not given what it would leave out unseen (trap 2)', () => {
    const old = { protocol: 1 };
    const plain = plan({}).op;
    expect(needsOptions(plain)).toBe(false);
    expect(() => requireDaemonFor(plain, old)).not.toThrow();
    const exact = resumeOp(
      sessionOf({ profile: 'claude', conversationId: 'ses_1' }),
      { cols: 80, rows: 24 },
      host,
    );
    expect(() => requireDaemonFor(exact, old)).not.toThrow();
    for (const op of [
      plan({ options: { model: 'opus' } }).op,
      plan({ mode: 'resume', conversation: 'ses_1' }).op,
      { ...exact, resume: 'last' as const },
    ]) {
      expect(() => requireDaemonFor(op, old)).toThrow(expect.objectContaining({ code: 'DAEMON_TOO_OLD' }));
      expect(() => requireDaemonFor(op, { protocol: 2 })).not.toThrow();
    }
  });
});
