// A PostgreSQL of the tests' own, beside the hub: the programs and the cluster that the embedded one has, on a port that
// it keeps. Argument: its state directory. Obeys messages {id, do: 'start'|'stop'|'pid'|'sql'}.
import process from 'node:process';
import { systemClock } from '@roundhouse/kit';
import { EmbeddedPostgres } from '../../apps/hub/dist/platform/database/embedded-postgres.js';
import { runSql } from '../../apps/hub/dist/platform/database/test-server.js';

const [, , stateDir] = process.argv;
const server = new EmbeddedPostgres({ stateDir, clock: systemClock });

const start = async () => {
  const { host, port, user, password, database } = await server.ensureRunning();
  return `postgresql://${user}:${password}@${host}:${String(port)}/${database}`;
};
// Its administrator is not bound by what is set for everybody.
const administer = async (sql) =>
  runSql(`${await start()}?options=-c%20default_transaction_read_only%3Doff`, sql);
const orders = {
  ...{ start, stop: () => server.stop(), pid: () => server.pid },
  sql: ({ sql }) => administer(sql),
};

process.on('message', (order) => {
  Promise.resolve(orders[order.do](order)).then(
    (data) => process.send({ id: order.id, data: data ?? null }),
    (error) => process.send({ id: order.id, error: String(error) }),
  );
});
process.on('SIGTERM', () => void server.stop().finally(() => process.exit(0)));
console.log(`PostgreSQL is ready: ${await start()}`);
