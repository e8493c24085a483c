// The rules of a new password, judged with the same estimator as the hub; its dictionaries load when first needed.
import { passwordMinLength, passwordMinScore } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';

/** Shorter names occur in good passwords by chance; the hub does not count them either. */
const NAME_MIN = 3;

export interface PasswordVerdict {
  /** 0 to 4; null while the estimator loads or cannot. */
  readonly score: number | null;
  readonly longEnough: boolean;
  readonly hardToGuess: boolean | null;
  readonly notTheName: boolean;
}

const estimator = {
  queryKey: ['password-strength'] as const,
  queryFn: async () => (await import('./password-strength.js')).createEstimator(),
  staleTime: Infinity,
};

/** Judges while typing; without the estimator the hub has the last word anyway. */
export function usePasswordVerdict(password: string, username: string): PasswordVerdict {
  const { data: estimate } = useQuery({ ...estimator, enabled: password !== '' });
  const settled = useDeferredValue(password);
  const score = estimate && settled !== '' ? estimate(settled, username) : null;
  return {
    score,
    longEnough: password.length >= passwordMinLength,
    hardToGuess: score === null ? null : score >= passwordMinScore,
    notTheName:
      username.trim().length < NAME_MIN || !password.toLowerCase().includes(username.trim().toLowerCase()),
  };
}
