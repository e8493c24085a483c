// Why something that was typed or pasted did not go out, in words.
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { pasteMaxBytes, type PasteBytes } from './input-sender.js';
import type { TerminalState } from './terminal-state.js';

export const offline = (): ApiError =>
  new ApiError('OFFLINE', { message: t('error.offline'), hint: t('terminal.typeAgain') });

const opening = (): ApiError =>
  new ApiError('OFFLINE', { message: t('terminal.opening'), hint: t('terminal.openingHint') });

export const ended = (): ApiError =>
  new ApiError('SESSION_NOT_RUNNING', { message: t('terminal.agentEnded'), hint: '' });

/** Why nothing can be typed now. */
export function whyNot({ phase, exit, error }: TerminalState): ApiError {
  if (exit) return ended();
  if ((phase === 'unreachable' || phase === 'refused') && error) return error;
  return phase === 'attaching' ? opening() : offline();
}

export function whyNoPaste(state: TerminalState, { body }: PasteBytes): ApiError {
  if (state.exit || state.phase !== 'live') return whyNot(state);
  const large = body.byteLength > pasteMaxBytes;
  return new ApiError('ABORTED', {
    message: large ? t('terminal.pasteTooLarge') : t('terminal.pasteBusy'),
    hint: large ? t('terminal.pasteTooLargeHint') : t('terminal.pasteBusyHint'),
  });
}
