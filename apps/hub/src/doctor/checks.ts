// DATA: what the doctor of a hub looks at.
import { commonChecks, error, warning, type Check, type Complaint } from '@roundhouse/kit';
import { productVersion, protocolVersions } from '@roundhouse/protocol';
import { isContraction } from '../platform/database/migrations.js';
import type { DatabaseDetails, HubFacts } from './facts.js';

const dayMs = 86_400_000;
/** A certificate that nobody renewed by then will be forgotten. */
const expiryWarningMs = 14 * dayMs;
/** One is made each day. */
const backupWarningMs = 2 * dayMs;
const oldestPostgres = 140_000;
/** A hub holds up to 13 connections; another program needs some, too. */
const connectionsMin = 20;

const ofDatabase =
  (look: (details: DatabaseDetails) => readonly Complaint[]) =>
  ({ database }: HubFacts): readonly Complaint[] =>
    database?.details ? look(database.details) : [];

function lookAtTls({ tls, now }: HubFacts): Complaint[] {
  if (tls === null) return [];
  if (tls.problem !== null) return [error(tls.problem)];
  if (tls.validTo === null || tls.selfRenewing) return [];
  const left = tls.validTo - now;
  const when = new Date(tls.validTo).toISOString().slice(0, 10);
  if (left <= 0) return [error(`The certificate expired on ${when}`)];
  return left < expiryWarningMs ? [warning(`The certificate expires on ${when}`)] : [];
}

function lookAtPort({ setup, port, running }: HubFacts): Complaint[] {
  if (setup === null || running || port === null || port === 'free') return [];
  const where = `${setup.host}:${String(setup.port)}`;
  if (port === 'taken') return [error(`${where} is taken by another program`)];
  if (port === 'forbidden') return [error(`${where} may not be used by this user`)];
  return [
    error(`${setup.host} is no address of this machine`, 'Set ROUNDHOUSE_HOST to one that is, as 127.0.0.1.'),
  ];
}

function lookAtBackups({ backups, now }: HubFacts): Complaint[] {
  if (backups === null) return [];
  const { dir, newestAt, setUpAt } = backups;
  const since = newestAt ?? setUpAt;
  if (since === null || now - since < backupWarningMs) return [];
  return [
    warning(
      newestAt === null
        ? `There is no backup in ${dir}`
        : `The newest backup in ${dir} is ${String(Math.floor((now - newestAt) / dayMs))} days old`,
    ),
  ];
}

function lookAtHosts({ hosts }: DatabaseDetails): Complaint[] {
  const refused = hosts.filter(({ protocol }) => protocol !== null && protocol < protocolVersions.min);
  const other = hosts.filter((host) => host.daemonVersion !== productVersion && !refused.includes(host));
  return [
    ...refused.map(({ name, daemonVersion }) =>
      error(`The daemon of ${name} is ${daemonVersion}, too old for this hub (${productVersion})`),
    ),
    ...other.map(({ name, daemonVersion }) =>
      warning(`The daemon of ${name} is ${daemonVersion}, the hub is ${productVersion}`),
    ),
  ];
}

const migrationFix =
  'Restore the backup from before the update (node apps/hub restore), then start the version that made it.';

function lookAtMigrations({ failed, unknown, pending }: DatabaseDetails, running: boolean): Complaint[] {
  if (failed.length > 0)
    return [error(`A migration was begun and did not finish: ${failed.join(', ')}`, migrationFix)];
  // A newer version may have added to it, and one can go back from that.
  const removed = unknown.filter(isContraction);
  if (removed.length > 0) {
    const fix = 'Start the version of Roundhouse that used it last, or restore an older backup.';
    return [error(`The database is newer than this version: ${removed.join(', ')}`, fix)];
  }
  if (pending.length === 0) return [];
  const found = `Not yet applied: ${pending.join(', ')}`;
  return [running ? error(found) : warning(found)];
}

export const hubChecks: readonly Check<HubFacts>[] = [
  ...commonChecks,
  {
    id: 'identity',
    doc: "The hub's own key, by which hosts know it, can be read.",
    fix: 'Restore hub-identity.json from a backup. With a new key every host must be enrolled again.',
    look: ({ identity, database }) => {
      if (identity === 'damaged') return [error('hub-identity.json is damaged')];
      const known = (database?.details?.hosts.length ?? 0) > 0;
      return identity === 'missing' && known
        ? [error('hub-identity.json is missing, but hosts know this hub')]
        : [];
    },
  },
  {
    id: 'tls',
    doc: 'The certificate can be read, fits its key, and does not expire within two weeks.',
    fix: 'Renew the certificate, and see that ROUNDHOUSE_TLS_CERT and ROUNDHOUSE_TLS_KEY name the two new files.',
    look: lookAtTls,
  },
  {
    id: 'tls-name',
    doc: 'The certificate is for the host of the public URL.',
    fix: 'Get a certificate for that name, or correct ROUNDHOUSE_PUBLIC_URL.',
    look: ({ tls }) => (tls?.missingName ? [error(`The certificate is not for ${tls.missingName}`)] : []),
  },
  {
    id: 'public-url',
    doc: 'The public URL leads to a hub (looked at while a hub runs).',
    fix: 'Correct ROUNDHOUSE_PUBLIC_URL, the name server, or the proxy that stands before the hub.',
    look: ({ publicAnswer, setup }) =>
      publicAnswer?.failure
        ? [warning(`${setup?.publicUrl ?? 'The public URL'}: ${publicAnswer.failure}`)]
        : [],
  },
  {
    id: 'port',
    doc: 'The port is free, or a hub answers on it.',
    fix: 'Stop the other program, or set ROUNDHOUSE_PORT to another port.',
    look: lookAtPort,
  },
  {
    id: 'web-app',
    doc: 'The web app is built.',
    fix: 'Build it: npm run check, or node scripts/run.mjs build.',
    look: ({ webBuilt }) => (webBuilt ? [] : [error('The built web app is missing')]),
  },
  {
    id: 'database',
    doc: 'The database answers. An embedded one is looked into while a hub runs.',
    fix: 'Start PostgreSQL, and see that DATABASE_URL has the right host, port, user, password and database.',
    look: ({ database }) =>
      database?.problem ? [error(`The database cannot be used: ${database.problem}`)] : [],
  },
  {
    id: 'database-version',
    doc: 'PostgreSQL is version 14 or newer.',
    fix: 'Update PostgreSQL, or move to another server with backup and restore.',
    look: ofDatabase(({ serverVersion }) =>
      serverVersion < oldestPostgres
        ? [error(`PostgreSQL is version ${String(Math.floor(serverVersion / 10_000))}`)]
        : [],
    ),
  },
  {
    id: 'database-writable',
    doc: 'The database may be written.',
    fix: 'Connect to the primary server, and see that its disk is not full and default_transaction_read_only is off.',
    look: ofDatabase(({ readOnly }) => (readOnly ? [error('The database is read-only')] : [])),
  },
  {
    id: 'database-encoding',
    doc: 'The database stores UTF-8.',
    fix: "Make a new database with ENCODING 'UTF8', and move to it with backup and restore.",
    look: ofDatabase(({ encoding }) =>
      encoding === 'UTF8' ? [] : [error(`The database stores ${encoding}`)],
    ),
  },
  {
    id: 'database-connections',
    doc: `The server takes ${String(connectionsMin)} connections or more.`,
    fix: 'Raise max_connections of the server.',
    look: ofDatabase(({ maxConnections }) =>
      maxConnections < connectionsMin
        ? [warning(`The server takes ${String(maxConnections)} connections`)]
        : [],
    ),
  },
  {
    id: 'migrations',
    doc: 'The schema of the database is that of this version.',
    fix: 'Start the hub: it applies them.',
    look: (facts) => {
      const details = facts.database?.details;
      return details?.migrated ? lookAtMigrations(details, facts.running) : [];
    },
  },
  {
    id: 'backup',
    doc: 'Where backups are made by themselves (ROUNDHOUSE_BACKUP_KEEP), one was made within two days.',
    fix: 'See why on the Settings page or in the log: the directory must exist for the hub, be writable and have room. Nothing is made while the hub is stopped.',
    look: lookAtBackups,
  },
  {
    id: 'host-version',
    doc: 'Daemons have the version of the hub.',
    fix: 'Update the daemon on that host, then restart it: its agents live on.',
    look: ofDatabase(lookAtHosts),
  },
];
