// Where the built programs are.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = path.resolve(fileURLToPath(import.meta.url), '../../..');
export const inRepository = (...parts: string[]): string => path.join(repository, ...parts);

export const hubEntry = inRepository('apps/hub/dist/program/main.js');
export const daemonEntry = inRepository('apps/daemon/dist/program/main.js');

/** Node's flags with which `npm start` starts them. */
const flagsOf = (app: string): readonly string[] =>
  JSON.parse(readFileSync(inRepository('apps', app, 'package.json'), 'utf8')).config.nodeFlags;
export const hubFlags = flagsOf('hub');
export const daemonFlags = flagsOf('daemon');

const underTest = (app: string): string => inRepository('apps', app, 'dist/under-test/main.js');
/** The same two with what only tests may have, from `scripts/`; bundled before the tests begin, like the two above. */
export const hubUnderTest = underTest('hub');
export const daemonUnderTest = underTest('daemon');

/** Whether the program takes orders, as those of `scripts/` do. */
export const isUnderTest = (entry: string): boolean => entry === hubUnderTest || entry === daemonUnderTest;
