// @vitest-environment happy-dom
// The last lines in cards: asked for while in view, drawn alone, dimmed when they are of the past.
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import type { Session, TerminalPreview } from '@roundhouse/protocol';
import { Profiler } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connection } from '../../lib/connection.js';
import { link } from '../../lib/socket.js';
import { makeHost, makeSession } from '../../testing/entities.js';
import { FakeViewport } from '../../testing/fake-viewport.js';

// The watch of the page listens as soon as it is made: the link must be ready before.
type Handler = (payload: TerminalPreview & { sessionId: string }) => void;
const handlers: Handler[] = [];
vi.spyOn(link, 'on').mockImplementation((event, handler) => {
  if (event === 'session.preview') handlers.push(handler as unknown as Handler);
  return () => undefined;
});
const request = vi.spyOn(link, 'request').mockResolvedValue({});
const view = new FakeViewport();
vi.stubGlobal('IntersectionObserver', view.Observer);
const { SessionPreview } = await import('./session-preview.js');

const host = makeHost();
const arrive = (session: Session, preview: Partial<TerminalPreview>) =>
  act(async () => {
    for (const handle of handlers)
      handle({ sessionId: session.id, epoch: 1, lines: [], title: null, ...preview });
    await new Promise((resolve) => requestAnimationFrame(resolve));
  });
const drawn = vi.fn();
const show = (session: Session) =>
  render(
    <Profiler id={session.id} onRender={drawn}>
      <SessionPreview id={session.id} name={session.name} state={session.state} epoch={session.epoch} />
    </Profiler>,
  );
const well = (session: Session) => screen.getByRole('group', { name: `Last lines of ${session.name}` });
const watched = () => request.mock.calls.filter(([event]) => event === 'preview.watch').at(-1)?.[1];

let generation = 0;
beforeEach(() => connection.set({ phase: 'live', generation: (generation += 1) }));
afterEach(() => {
  cleanup();
  drawn.mockClear();
  request.mockClear();
});

describe('SessionPreview', () => {
  it('watches the session while its card is in view', async () => {
    const session = makeSession(host);
    show(session);
    view.see(well(session), true);
    await waitFor(() => expect(watched()).toEqual({ sessionIds: [session.id] }));
    view.see(well(session), false);
    await waitFor(() => expect(watched()).toEqual({ sessionIds: [] }));
  });

  it('draws the runs of each line in the colours of the terminal', async () => {
    const session = makeSession(host);
    show(session);
    const lines = [
      [
        { text: '✓ ', colour: 2 },
        { text: 'passed', bold: true as const },
      ],
      [{ text: '$ ' }],
    ];
    await arrive(session, { lines });
    expect(well(session).textContent).toBe('✓ passed$ ');
    expect(screen.getByText('✓').className).toBe('text-t-green');
    expect(screen.getByText('passed').className).toContain('font-strong');
  });

  it('draws one card for a change of its lines, and no other', async () => {
    const [a, b] = [makeSession(host), makeSession(host)];
    show(a);
    show(b);
    drawn.mockClear();
    await arrive(a, { lines: [[{ text: 'only here' }]] });
    expect(drawn.mock.calls.map(([id]) => id as string)).toEqual([a.id]);
  });

  it('keeps the lines of an ended session, in one quiet colour', async () => {
    const session = makeSession(host, { state: 'exited', exitCode: 0 });
    show(session);
    await arrive(session, { lines: [[{ text: 'the end', colour: 1 }]] });
    expect(screen.getByText('the end').className).toBe('');
    expect(well(session).className).toContain('text-t-dim');
  });

  it('does not show an earlier life of the session', async () => {
    const session = makeSession(host, { epoch: 2 });
    show(session);
    await arrive(session, { lines: [[{ text: 'old' }]], epoch: 1 });
    expect(well(session).textContent).toBe('No output yet');
  });

  it('says why there are no lines', async () => {
    const queued = makeSession(host, { state: 'queued' });
    show(queued);
    expect(well(queued).textContent).toBe('No output yet');
    const away = makeSession(host, { state: 'unknown' });
    show(away);
    await arrive(away, {});
    expect(well(away).textContent).toBe('No output known while its host is away');
  });
});
