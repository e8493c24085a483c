// The hub as a program, with what only tests may have: a clock that is pushed ahead, a death at a named point, and
// the database behind the hub's back. Obeys messages {id, do: 'advance'|'jump'|'arm'|'sql', …}; product code has none of it.
// `--heartbeat=500,800`: pings at that interval, and gives up after that long, in milliseconds.
import { homedir } from 'node:os';
import process from 'node:process';
import { createLogger } from '@roundhouse/kit';
import { heartbeat } from '@roundhouse/protocol';
import { createHub } from '../../apps/hub/dist/hub.js';
import { HubSettings } from '../../apps/hub/dist/settings/hub-settings.js';
import { Database } from '../../apps/hub/dist/platform/database/database.js';
import { liveClock } from './live-clock.mjs';

let armed = null;
const faults = {
  reach(point) {
    if (point !== armed) return;
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment; nothing more may happen here.
    return new Promise(() => undefined);
  },
};

const beat = process.argv.find((arg) => arg.startsWith('--heartbeat='))?.split('=')[1];
if (beat) [heartbeat.pingIntervalMs, heartbeat.pingTimeoutMs] = beat.split(',').map(Number);

const clock = liveClock();
const settings = HubSettings.load(process.env, { isRoot: process.getuid?.() === 0, homeDir: homedir() });
const links = [];
const hub = await createHub({
  settings,
  clock,
  faults,
  logger: createLogger({ name: 'hub', level: settings.config.logLevel }),
  onSetupLink: (link) => links.push(link),
});
await hub.ready;

const orders = {
  advance: ({ ms }) => clock.advance(ms),
  // Wall time alone: what is due each hour is done with the next one.
  jump: ({ ms }) => clock.jump(ms),
  arm: ({ point }) => {
    armed = point;
  },
  sql: ({ sql }) => hub.get(Database).client.$queryRawUnsafe(sql),
};
process.on('message', (order) => {
  Promise.resolve(orders[order.do](order)).then(
    (data) => process.send({ id: order.id, data: JSON.parse(JSON.stringify(data ?? null, bigints)) }),
    (error) => process.send({ id: order.id, error: String(error) }),
  );
});
const bigints = (_, value) => (typeof value === 'bigint' ? String(value) : value);

process.on('SIGTERM', () => void hub.close().finally(() => process.exit(0)));
console.log(`Roundhouse is ready: ${hub.url}`);
for (const link of links) console.log(`Setup link: ${link}`);
