// Where the built programs are.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = path.resolve(fileURLToPath(import.meta.url), '../../..');
export const inRepository = (...parts: string[]): string => path.join(repository, ...parts);

export const hubEntry = inRepository('apps/hub/dist/main.js');
export const daemonEntry = inRepository('apps/daemon/dist/main.js');
