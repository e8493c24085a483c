// For the tests of this folder: a session's directory with the installed relay, and an intake that remembers.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, silentLogger, systemClock } from '@roundhouse/kit';
import { sessionIdSchema, type SessionId } from '@roundhouse/protocol';
import { SessionDir } from '../../sessions/session-record.js';
import { createHookIntake, type HookIntake } from '../hooks/hook-intake.js';
import type { HookEvent } from '../hooks/hook-event.js';
import { installRelay } from '../relay/relay-install.js';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class HookBed {
  readonly base = mkdtempSync(join(tmpdir(), "rh ho'ok-"));
  readonly stateDir = join(this.base, 'state');
  readonly heard: HookEvent[] = [];
  script = '';
  readonly #intakes: HookIntake[] = [];

  static async make(): Promise<HookBed> {
    const bed = new HookBed();
    bed.script = (await installRelay(bed.stateDir, Date.now())).script;
    return bed;
  }

  /** One life of a daemon. */
  intake(): HookIntake {
    const intake = createHookIntake({ clock: systemClock, logger: silentLogger() });
    intake.onHook((event) => {
      this.heard.push(event);
    });
    this.#intakes.push(intake);
    return intake;
  }

  session(): SessionDir {
    return new SessionDir(this.stateDir, sessionIdSchema.parse(newId()));
  }

  idOf(dir: SessionDir): SessionId {
    return sessionIdSchema.parse(dir.sessionId);
  }

  /** Runs the relay as an agent does. */
  relay(directory: string, event: string, input: string | Buffer, shell = '/bin/sh'): Promise<Ran> {
    return run([shell, this.script, directory, event], input, this.base);
  }

  get events(): string[] {
    return this.heard.map(({ event }) => event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const intake of this.#intakes) await intake.dispose();
    rmSync(this.base, { recursive: true, force: true });
  }
}

export function run([program = '', ...args]: string[], input: string | Buffer, cwd: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: 'pipe' });
    const text = { out: '', err: '' };
    child.stdout.on('data', (data: Buffer) => (text.out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (text.err += data.toString()));
    child.stdin.on('error', reject);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...text });
    });
    child.stdin.end(input);
  });
}
