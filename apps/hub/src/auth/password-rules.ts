// What a new password must be: not guessable, and without the user's name in it. Its length is the schema's.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';
import { AppError, passwordMinScore } from '@roundhouse/protocol';

/** Names shorter than this occur in good passwords by chance. */
const nameMinLength = 3;

let checker: ZxcvbnFactory | null = null;

/** Unpacking the dictionaries takes a sixth of a second: done at the first use. */
const strength = (password: string, words: string[]) => {
  checker ??= new ZxcvbnFactory({
    dictionary: { ...common, ...english },
    graphs: adjacencyGraphs,
    translations,
  });
  return checker.check(password, words);
};

/** @throws AppError PASSWORD_WEAK with what is wrong and how to do better */
export function requireGoodPassword(password: string, username: string): void {
  const name = username.toLowerCase();
  if (name.length >= nameMinLength && password.toLowerCase().includes(name)) {
    throw weak('must not contain the user name');
  }
  const { score, feedback } = strength(password, [name, 'roundhouse']);
  if (score >= passwordMinScore) return;
  const why = feedback.warning ?? 'This is easy to guess.';
  throw weak(`${why} ${feedback.suggestions.join(' ')}`.trim());
}

const weak = (message: string): AppError =>
  new AppError('PASSWORD_WEAK', {
    message: `The password is too weak: ${message}`,
    fields: [{ field: 'password', message }],
  });
