// What Prisma's migration engine runs SQL through. Both stock adapters mishandle a migration script: the one
// for pg splits it at every semicolon (also inside a function body), the one for PGlite does not wait for it.
// Here a script goes to the server whole, which PostgreSQL runs as one transaction: all of it or nothing.
import {
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

export type MigrationAdapter = SqlMigrationAwareDriverAdapterFactory;

/** Replaces how an adapter runs scripts; `runScript` must run all statements of its text in one go. */
export function withScriptRunner(
  factory: MigrationAdapter,
  runScript: (script: string) => Promise<unknown>,
): MigrationAdapter {
  const prepare = (adapter: SqlDriverAdapter): SqlDriverAdapter => {
    adapter.executeScript = async (script) => {
      try {
        await runScript(script);
      } catch (error) {
        throw toAdapterError(error);
      }
    };
    return adapter;
  };
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => prepare(await factory.connect()),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

/** The adapter of a server, in `schema` or where it looks first; `close` ends its one connection. */
export function serverAdapter(
  config: pg.ClientConfig,
  schema?: string,
): {
  adapter: MigrationAdapter;
  close: () => Promise<void>;
} {
  const place = schema === undefined ? {} : { options: `-c search_path=${schema}` };
  const pool = new pg.Pool({ ...config, ...place, max: 1 });
  pool.on('error', () => undefined);
  return {
    adapter: withScriptRunner(new PrismaPg(pool, schema === undefined ? {} : { schema }), (script) =>
      pool.query(script),
    ),
    close: () => pool.end(),
  };
}

/** The form in which the engine understands an error of the server and can show its text. */
function toAdapterError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const fields = new Map(Object.entries(error));
  const text = (name: string): string | undefined => {
    const value: unknown = fields.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  return new DriverAdapterError({
    kind: 'postgres',
    code: text('code') ?? 'N/A',
    severity: text('severity') ?? 'ERROR',
    message: error.message,
    detail: text('detail'),
    column: text('column'),
    hint: text('hint'),
  });
}
