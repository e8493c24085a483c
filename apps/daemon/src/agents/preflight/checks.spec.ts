// A preflight says what is missing and the exact fix.
import { parseProfile } from '@roundhouse/profiles';
import { AppError } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { authCheck, binaryCheck, diskCheck, failedWith, trustCheck } from './checks.js';

const profile = parseProfile({
  name: 'x',
  binary: 'xcli',
  auth: { env_vars: ['X_KEY'] },
  provisioning: { install: { npm: ['@x/cli'] } },
});
const MiB = 1024 * 1024;

describe('R:C10 a preflight', () => {
  it('names the command that installs the program', () => {
    const missing = binaryCheck(profile, { file: null, version: null, complaint: null });
    expect(missing).toMatchObject({ state: 'failed', message: 'xcli is not on the PATH of the daemon' });
    expect(missing.fix).toContain('npm install -g @x/cli');
    const broken = binaryCheck(profile, { file: '/x', version: null, complaint: 'xcli --version ended' });
    expect(broken.fix).toContain('xcli --version');
    expect(binaryCheck(profile, { file: '/bin/x', version: '1.2', complaint: null }).message).toBe(
      '1.2 (/bin/x)',
    );
  });

  it('says which credentials to set, and where', () => {
    expect(authCheck(profile, 'X_KEY must be set')).toMatchObject({ state: 'failed' });
    expect(authCheck(profile, null)).toMatchObject({ state: 'ok', message: 'X_KEY: set' });
  });

  it('fails for an untrusted project only where git has to run, and warns of an agent that asks', () => {
    const facts = { trusted: false, worktree: false, asks: false };
    expect(trustCheck(facts).state).toBe('ok');
    expect(trustCheck({ ...facts, asks: true }).state).toBe('warning');
    expect(trustCheck({ ...facts, worktree: true }).state).toBe('failed');
    expect(trustCheck({ trusted: true, worktree: true, asks: true }).state).toBe('ok');
  });

  it('looks at the tighter of the disks', () => {
    const at = (free: number | null) => ({ path: `/${String(free)}`, free });
    expect(diskCheck([at(null)]).state).toBe('ok');
    expect(diskCheck([at(9_000 * MiB), at(2_000 * MiB)]).state).toBe('ok');
    expect(diskCheck([at(9_000 * MiB), at(500 * MiB)])).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('500 MiB'),
    });
    expect(diskCheck([at(50 * MiB)])).toMatchObject({
      state: 'failed',
      fix: expect.stringContaining('1 GiB'),
    });
  });

  it('asks for the word of a person where that is all that is missing', () => {
    const fields = [{ field: 'confirmBypass', message: 'm' }];
    expect(failedWith('options', new AppError('BYPASS_REFUSED', { message: 'm', fields }))).toMatchObject({
      confirm: true,
      message: 'm',
    });
    expect(failedWith('options', new AppError('BYPASS_REFUSED'))).not.toHaveProperty('confirm');
  });
});
