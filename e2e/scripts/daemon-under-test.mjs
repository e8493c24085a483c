// The daemon as a program with a clock that tests push ahead: messages {id, do: 'advance'|'jump', ms}; 'jump' moves wall
// time alone.
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@roundhouse/kit';
import { Daemon } from '../../apps/daemon/dist/daemon.js';
import { DaemonSettings } from '../../apps/daemon/dist/settings/daemon-settings.js';
import { liveClock } from './live-clock.mjs';

const shippedProfiles = path.resolve(fileURLToPath(import.meta.url), '../../../profiles');
const settings = DaemonSettings.load(process.env, {
  isRoot: process.getuid?.() === 0,
  homeDir: homedir(),
  shippedProfiles,
});
const clock = liveClock();
process.on('message', ({ id, do: what, ms }) => {
  clock[what](ms);
  process.send({ id, data: null });
});
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort(new Error('SIGTERM')));
try {
  const { config } = settings;
  const logger = createLogger({ name: 'daemon', level: config.logLevel });
  await new Daemon({ config, settings, logger, env: process.env, clock }).run(stop.signal);
  process.exit(0);
} catch (error) {
  if (stop.signal.aborted) process.exit(0);
  console.error(`Roundhouse daemon: ${error.code}: ${error.message}`);
  process.exit(3);
}
