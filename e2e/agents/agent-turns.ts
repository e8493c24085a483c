// A real agent's session as a person at a browser has it: its screen, its states, and turns that are typed into it.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@playwright/test';
import type { Activity, Ask, Session } from '@roundhouse/protocol';
import { Screen } from '../stack/screen.js';
import type { Viewer } from '../stack/viewer.js';
import { until } from '../stack/wait.js';
import type { AgentBed } from './agent-bed.js';
import { Moments } from './moments.js';
import type { RealAgent } from './real-agents.js';
import { echoOf, echoTimeoutMs, enterPauseMs, typeUntilShown } from './typing.js';

export const size = { cols: 120, rows: 40 } as const;

/** Works for a while, asks for a command, works again, ends with a word that the prompt does not have. */
export const turn = {
  prompt: 'Report the signals {{slow: 10x150}} {{ask: touch perm.txt}} {{slow: 14x150}}',
  command: 'touch perm.txt',
  begun: /word1 /,
  ended: /word14/,
} as const;

/** A state may come this long after the screen, or before it. */
const lateMs = 1_000;
const startTimeoutMs = 90_000;
/** Some draw their prompt before they listen, and a conversation after it: then their screen is at rest. */
const restMs = 1_000;
const restTimeoutMs = 10_000;

export class AgentTurns {
  private constructor(
    private readonly bed: AgentBed,
    private readonly agent: RealAgent,
    private readonly shown: { readonly session: Session; readonly viewer: Viewer; readonly moments: Moments },
  ) {}

  get viewer(): Viewer {
    return this.shown.viewer;
  }

  /** Attached; the agent is at its prompt below what was said before, and its state says so. */
  static async atPrompt(
    bed: AgentBed,
    agent: RealAgent,
    session: Session,
    said: RegExp | null = null,
  ): Promise<AgentTurns> {
    const screen = new Screen(size.cols, size.rows);
    const viewer = await bed.stack.view(session.id, { screen });
    const moments = new Moments(await bed.stack.ui(), session.id, screen);
    const turns = new AgentTurns(bed, agent, { session, viewer, moments });
    await moments.screenIs((text) => agent.screen.prompt.test(text), 'its prompt', startTimeoutMs);
    if (said) await moments.screenIs((text) => said.test(text), 'what was said before');
    await until(async () => (await bed.stack.session(session.id)).activity?.kind === 'idle', {
      what: `${agent.name} is idle at its prompt`,
    }).catch(async (error: unknown) => {
      const { activity } = await bed.stack.session(session.id);
      throw new Error(`${String(error)}; it is ${JSON.stringify(activity)}\n${await screen.text()}`);
    });
    await moments.rest(restMs, restTimeoutMs);
    return turns;
  }

  /** Types and sends. @returns the moment of Enter */
  async send(text: string): Promise<number> {
    const { moments } = this.shown;
    const echo = echoOf(text);
    await typeUntilShown(
      () => this.viewer.type(text),
      () => moments.screenIs((shown) => shown.includes(echo), text, echoTimeoutMs),
    );
    await sleep(enterPauseMs);
    const at = performance.now();
    await this.viewer.type('\r');
    return at;
  }

  /** The whole turn, with a permission if the agent asks for any; each state at most a second from what the screen shows. */
  async turnWithPermission(): Promise<void> {
    const { working, asking } = this.agent.screen;
    const sent = await this.send(turn.prompt);
    // Some show their answer instead of the word that they work.
    await this.together('working', sent, (text) => working.test(text) || turn.begun.test(text));
    const idleAt = (after: number) =>
      this.together('idle', after, (text) => turn.ended.test(text) && !working.test(text));
    if (!this.agent.asks) {
      expect(await idleAt(sent)).toMatchObject({ waitsFor: null, ask: null });
      return;
    }
    const waiting = await this.together('waiting', sent, (text) => asking.test(text));
    expect(waiting.waitsFor).toBe('permission');
    const ask = await this.asked();
    expect(ask.command).toContain(turn.command);
    expect(ask.tool ?? '').toMatch(this.agent.tool);
    expect(waiting.why).not.toBe('');
    const approved = performance.now();
    await this.bed.stack.rest.ok('POST', `sessions/${this.shown.session.id}/input`, {
      data: this.agent.approve,
    });
    await this.together('working', approved, (text) => !asking.test(text));
    expect(await idleAt(approved)).toMatchObject({ waitsFor: null, ask: null });
  }

  close(): void {
    this.shown.moments.stop();
    this.viewer.close();
  }

  /** What is asked: some titles tell the state before the screen tells for what. */
  private asked(): Promise<Ask> {
    const look = async () => (await this.bed.stack.session(this.shown.session.id)).activity?.ask;
    return until(look, { what: 'what it asks', timeoutMs: lateMs });
  }

  /** Waits for both and compares their moments. */
  private async together(
    kind: Activity['kind'],
    after: number,
    look: (text: string) => boolean,
  ): Promise<Activity> {
    const screen = await this.shown.moments.screenIs(look, `that it is ${kind}`);
    const state = await this.shown.moments.stateIs(kind, after);
    const late = Math.round(state.at - screen);
    console.log(`${this.agent.name}: ${kind} ${String(late)} ms after the screen (${state.activity.why})`);
    expect(Math.abs(late), `${kind} and the screen; ${this.shown.moments.told}`).toBeLessThanOrEqual(lateMs);
    return state.activity;
  }
}
