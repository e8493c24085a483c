// Which of the emulator's replies may be typed to the agent: the six that every terminal gives. Pure.

/** DA1, DA2, DSR, CPR, DECRQM and DECRQSS; everything else would tell of the user's screen, colours or clipboard. */
/* eslint-disable no-control-regex -- answers begin with ESC */
const answers: readonly RegExp[] = [
  /^\u001b\[\?[\d;]+c$/,
  /^\u001b\[>[\d;]+c$/,
  /^\u001b\[0n$/,
  /^\u001b\[\d+;\d+R$/,
  /^\u001b\[\??\d+;\d\$y$/,
  /^\u001bP[01]\$r[\d;" a-z]*\u001b\\$/,
];
/* eslint-enable no-control-regex */

export const isAnswer = (text: string): boolean => text.length <= 64 && answers.some((one) => one.test(text));
