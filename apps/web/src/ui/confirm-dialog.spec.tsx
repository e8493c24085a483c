// @vitest-environment happy-dom
// The confirm dialog: the typed name, the error that stays, the close on success.
import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../lib/api-error.js';
import { renderPage } from '../testing/render-page.js';
import { ConfirmDialog } from './confirm-dialog.js';

async function open(onConfirm: () => Promise<unknown>, typeToConfirm?: string) {
  const onOpenChange = vi.fn();
  await renderPage(() => (
    <ConfirmDialog
      open
      onOpenChange={onOpenChange}
      title="Remove host"
      description="Its sessions are stopped."
      confirmLabel="Remove host"
      onConfirm={onConfirm}
      {...(typeToConfirm === undefined ? {} : { typeToConfirm })}
    />
  ));
  return { onOpenChange, button: screen.getByRole('button', { name: 'Remove host' }) };
}
const press = (button: HTMLElement) => act(async () => void fireEvent.click(button));

afterEach(cleanup);

describe('ConfirmDialog', () => {
  it('works only once exactly the name is typed', async () => {
    const onConfirm = vi.fn(() => Promise.resolve());
    const { button } = await open(onConfirm, 'dev-01');
    await press(button);
    fireEvent.change(screen.getByLabelText('Type dev-01 to confirm'), { target: { value: 'dev-0' } });
    await press(button);
    expect(onConfirm).not.toHaveBeenCalled();
    fireEvent.change(screen.getByLabelText('Type dev-01 to confirm'), { target: { value: 'dev-01' } });
    await press(button);
    expect(onConfirm).toHaveBeenCalledOnce();
  });

  it('closes when it is done', async () => {
    const { onOpenChange, button } = await open(() => Promise.resolve());
    await press(button);
    expect(onOpenChange).toHaveBeenCalledWith(false);
  });

  it('stays open with the error and its hint when it fails', async () => {
    const failure = new ApiError('HOST_UNREACHABLE', {
      message: 'dev-01 is away',
      hint: 'Start its daemon.',
    });
    const { onOpenChange, button } = await open(() => Promise.reject(failure));
    await press(button);
    expect(screen.getByRole('alert').textContent).toContain(
      'dev-01 is awayStart its daemon.What can I do?HOST_UNREACHABLE',
    );
    expect(onOpenChange).not.toHaveBeenCalled();
  });
});
