// Strength of a new password: word, four bars, three rules.
import { passwordMinLength, passwordMinScore } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { t } from '../../lib/i18n/t.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import type { PasswordVerdict } from './password-rules.js';

const words = [
  'auth.strength0',
  'auth.strength1',
  'auth.strength2',
  'auth.strength3',
  'auth.strength4',
] as const;

export function StrengthWord({ score }: { score: number | null }) {
  const key = score === null ? undefined : words[score];
  if (key === undefined) return null;
  return (
    <span
      aria-live="polite"
      className={score !== null && score >= passwordMinScore ? 'text-ok' : 'text-text-2'}
    >
      {t(key)}
    </span>
  );
}

export function PasswordMeter({ verdict }: { verdict: PasswordVerdict }) {
  const { score } = verdict;
  const strong = score !== null && score >= passwordMinScore;
  return (
    <div className="grid gap-2">
      <div className="grid grid-cols-4 gap-1" aria-hidden="true">
        {[1, 2, 3, 4].map((level) => (
          <span
            key={level}
            className={cx(
              'h-[3px] rounded-[2px]',
              score !== null && score >= level ? (strong ? 'bg-ok' : 'bg-text-3') : 'bg-raised-2',
            )}
          />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        <Rule met={verdict.longEnough}>{t('auth.ruleLength', { n: passwordMinLength })}</Rule>
        <Rule met={verdict.hardToGuess === true}>{t('auth.ruleGuess')}</Rule>
        <Rule met={verdict.notTheName}>{t('auth.ruleName')}</Rule>
      </ul>
    </div>
  );
}

function Rule({ met, children }: { met: boolean; children: string }) {
  return (
    <li className={cx('flex items-center gap-1.5 text-12', met ? 'text-text-2' : 'text-text-3')}>
      <StateGlyph kind={met ? 'done' : 'todo'} labelled />
      {children}
    </li>
  );
}
