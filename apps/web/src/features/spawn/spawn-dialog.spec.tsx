// @vitest-environment happy-dom
// The spawn dialog against a hub that answers: two fields are enough; failures keep the form and its key.
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '../../lib/query.js';
import { makeHost, makeProfile, makeProject, makeSession } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { readLastChoice } from './last-choice.js';
import { SpawnDialog } from './spawn-dialog.js';

const codex = makeProfile('codex', {
  displayName: 'Codex',
  available: false,
  reason: 'not installed on atlas',
});
const host = makeHost({ profiles: [makeProfile('claude'), codex] });
const session = makeSession(host);

interface Sent {
  key: string | null;
  body: unknown;
}
let sent: Sent[] = [];
let answers: Response[] = [];

const problem = (more: object): Response => {
  const base = {
    type: 'about:blank',
    title: 'A field has a wrong value',
    status: 422,
    code: 'VALIDATION_FAILED',
  };
  return new Response(JSON.stringify({ ...base, ...more }), { status: 422 });
};
const created = (): Response => new Response(JSON.stringify(session), { status: 201 });

async function open() {
  fillCache([host], []);
  return renderPage(() => <SpawnDialog preset={{}} />);
}
const submit = () => fireEvent.click(screen.getByRole('button', { name: /^Spawn/ }));

/** What the host answers beside the spawn itself. */
let checks: object[] = [];
let found: object[] = [];
function elsewhere(url: string): object | null {
  if (url.endsWith('/preflight'))
    return { checks, mcp: [{ name: 'docs', transport: 'http', scope: 'project' }] };
  return url.includes('/conversations') ? { items: found } : null;
}

beforeEach(() => {
  checks = [];
  found = [];
  sent = [];
  localStorage.clear();
  vi.stubGlobal('fetch', (url: string, { headers, body }: RequestInit) => {
    const other = elsewhere(url);
    if (other !== null) return Promise.resolve(new Response(JSON.stringify(other)));
    const parsed: unknown = JSON.parse(typeof body === 'string' ? body : 'null');
    sent.push({ key: new Headers(headers).get('idempotency-key'), body: parsed });
    return Promise.resolve(answers.shift() ?? created());
  });
});
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

describe('SpawnDialog', () => {
  it('sends what was chosen and leads to the session', async () => {
    answers = [created()];
    const router = await open();
    fireEvent.change(screen.getByLabelText('Task'), { target: { value: 'Fix it' } });
    submit();
    await waitFor(() => expect(router.state.location.pathname).toBe(`/sessions/${session.id}`));
    expect(sent[0]?.body).toMatchObject({
      hostId: host.id,
      profile: 'claude',
      project: '/src/api',
      task: 'Fix it',
    });
    expect(readLastChoice()).toMatchObject({ hostId: host.id, profile: 'claude' });
  });

  it('submits by Ctrl and Enter from any field', async () => {
    answers = [created()];
    await open();
    fireEvent.keyDown(screen.getByLabelText('Task'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(sent).toHaveLength(1));
  });

  it('keeps the form on failure, shows field and hint, and repeats the key for the same form only', async () => {
    const errors = [{ field: 'name', message: 'must not hold control characters' }];
    answers = [problem({ errors, hint: 'Correct it.' }), problem({ errors }), created()];
    await open();
    fireEvent.change(screen.getByLabelText('Task'), { target: { value: 'Fix it' } });
    submit();
    expect(await screen.findByText('must not hold control characters')).toBeTruthy();
    expect(screen.getByRole('alert').textContent).toContain('Correct it.What can I do?VALIDATION_FAILED');
    expect(screen.getByLabelText<HTMLTextAreaElement>('Task').value).toBe('Fix it');
    submit();
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]?.key).toBe(sent[0]?.key);
    await waitFor(() => expect(screen.getByRole('button', { name: /^Spawn/ }).ariaBusy).not.toBe('true'));
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'fix' } });
    submit();
    await waitFor(() => expect(sent).toHaveLength(3));
    expect(sent[2]?.key).not.toBe(sent[0]?.key);
  });

  it('says why an agent cannot be chosen', async () => {
    await open();
    const button = screen.getByRole<HTMLButtonElement>('radio', { name: /Codex/ });
    expect(button.disabled).toBe(true);
    expect(button.textContent).toContain('not installed on atlas');
  });

  it('asks for trust where git must run, and cannot be sent before', async () => {
    const wild = makeHost({ projects: [makeProject('wild', { trusted: false })] });
    fillCache([wild], []);
    await renderPage(() => <SpawnDialog preset={{}} />);
    fireEvent.click(screen.getByLabelText('Isolate in a git worktree'));
    expect(screen.getByRole<HTMLButtonElement>('button', { name: /^Spawn/ }).disabled).toBe(true);
    fireEvent.click(screen.getByLabelText('Trust wild'));
    submit();
    await waitFor(() => expect(sent[0]?.body).toMatchObject({ trust: true, worktree: true }));
  });

  const able = makeProfile('claude', {
    takesModel: true,
    models: ['opus'],
    modes: [
      { name: 'plan', displayName: 'Plan only', bypass: false, allowed: true },
      { name: 'never', displayName: 'Never ask', bypass: true, allowed: true },
    ],
    presets: [{ name: 'review', displayName: 'Review' }],
    fallback: ['codex'],
  });
  const openAble = async () => {
    fillCache([makeHost({ profiles: [able] })], []);
    return renderPage(() => <SpawnDialog preset={{}} />);
  };
  const fill = (label: string, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });

  it('sends what was chosen under Options', async () => {
    await openAble();
    fireEvent.click(screen.getByRole('button', { name: /Options/ }));
    fill('Preset', 'review');
    fill('Model', ' opus ');
    fill('Permissions', 'plan');
    fill('Arguments', '--verbose\n--add-dir\n/x y');
    fill('Environment', 'A=1=2\nHANDED_ON');
    fireEvent.click(screen.getByLabelText('Use another agent if this one is not available'));
    submit();
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({
      options: {
        ...{
          preset: 'review',
          model: 'opus',
          permissionMode: 'plan',
          args: ['--verbose', '--add-dir', '/x y'],
        },
        ...{ env: { A: '1=2' }, envNames: ['HANDED_ON'], fallback: true },
      },
    });
  });

  it('wants the name of the project typed before an agent may act without asking', async () => {
    await openAble();
    fireEvent.click(screen.getByRole('button', { name: /Options/ }));
    fill('Permissions', 'never');
    const button = screen.getByRole<HTMLButtonElement>('button', { name: /^Spawn/ });
    expect(button.disabled).toBe(true);
    fill('Type api to confirm', 'Api');
    expect(button.disabled).toBe(true);
    fill('Type api to confirm', 'api');
    submit();
    await waitFor(() => expect(sent[0]?.body).toMatchObject({ confirmBypass: 'api' }));
  });

  it('says what the host found, with the fix, and which MCP servers there are', async () => {
    checks = [
      {
        name: 'binary',
        state: 'failed',
        message: 'claude is not on the PATH',
        fix: 'Run on the host: npm install -g x',
      },
      { name: 'disk', state: 'ok', message: 'enough', fix: null },
    ];
    await openAble();
    expect(await screen.findByText('Run on the host: npm install -g x')).toBeTruthy();
    expect(screen.queryByText(/enough/)).toBeNull();
    expect(screen.getByText('1 MCP server: docs (http)')).toBeTruthy();
  });

  it('asks for the name where the host finds words that mean the same', async () => {
    checks = [
      { name: 'options', state: 'failed', message: 'needs the name', fix: 'Type api', confirm: true },
    ];
    await openAble();
    expect(await screen.findByLabelText('Type api to confirm')).toBeTruthy();
  });

  it('goes on with a conversation that was found, and leads to the session of one that is here', async () => {
    const at = new Date().toISOString();
    const base = { profile: 'claude', cwd: '/src/api', at, sizeBytes: 1 };
    found = [
      { ...base, id: 'ses_1', title: 'Mend the build', sessionId: null },
      { ...base, id: 'ses_2', title: 'Old one', sessionId: session.id },
    ];
    await openAble();
    fireEvent.click(screen.getByRole('radio', { name: /Resume last/ }));
    fireEvent.click(await screen.findByRole('radio', { name: 'Mend the build' }));
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Old one' }).disabled).toBe(true);
    expect(screen.getByRole('link', { name: 'Open its session' })).toBeTruthy();
    submit();
    await waitFor(() => expect(sent[0]?.body).toMatchObject({ mode: 'resume', conversation: 'ses_1' }));
  });

  it('forgets a broken memory', () => {
    localStorage.setItem('roundhouse.spawn.last', '{"projects":42');
    expect(readLastChoice()).toEqual({ projects: {} });
    localStorage.setItem('roundhouse.spawn.last', '{"projects":42,"profile":"bash"}');
    expect(readLastChoice()).toEqual({ projects: {}, profile: 'bash' });
  });
});
