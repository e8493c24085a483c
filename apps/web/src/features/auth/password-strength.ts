// The estimator with its dictionaries: several hundred kB, so a chunk of its own.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

/** Judged beyond this length by its beginning, to bound the work per keystroke. */
const JUDGED = 100;

/** Gives a score of 0 to 4; words of `username` count as known. */
export function createEstimator(): (password: string, username: string) => number {
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
  });
  return (password, username) =>
    zxcvbn.check(password.slice(0, JUDGED), [username.toLowerCase(), 'roundhouse']).score;
}
