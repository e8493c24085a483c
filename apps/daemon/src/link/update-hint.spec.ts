import { AppError } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { withUpdateCommand } from './update-hint.js';

const installation = { kind: 'release', root: '/opt/roundhouse/roundhouse-0.1.0' } as const;
const refusal = (update: unknown): AppError =>
  new AppError('PROTOCOL_MISMATCH', { message: 'too old', hint: 'Update it.', details: { update } });
const hintFor = (update: unknown): string => withUpdateCommand(refusal(update), installation).hint;

describe('F:Z12 a daemon that its hub refuses', () => {
  it('says the command that updates this installation', () => {
    expect(hintFor({ version: '0.2.0', image: 'localhost/roundhouse-daemon:0.2.0' })).toBe(
      'Update this daemon to 0.2.0, then start it again: tar -xzf roundhouse-0.2.0.tar.gz -C /opt/roundhouse ' +
        '&& ln -sfn roundhouse-0.2.0 /opt/roundhouse/current',
    );
  });

  it('makes no command of what is no version or no image', () => {
    expect(hintFor({ version: '0.2.0; reboot', image: 'a' })).toBe('Update it.');
    expect(hintFor({ version: '0.2.0', image: '$(reboot)' })).toBe('Update it.');
    expect(hintFor(undefined)).toBe('Update it.');
  });

  it('leaves other refusals as they are', () => {
    const revoked = new AppError('HOST_REVOKED');
    expect(withUpdateCommand(revoked, installation)).toBe(revoked);
  });
});
