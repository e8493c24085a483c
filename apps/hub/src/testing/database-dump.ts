// Everything that the database holds, as text: to prove that nothing changed, or that no secret is in it.
import { Database } from '../platform/database/database.js';
import type { Hub } from '../hub.js';

export async function dumpDatabase(hub: Hub): Promise<string> {
  const { client } = hub.get(Database);
  const tables = await client.$queryRaw<{ name: string }[]>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`;
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await client.$queryRawUnsafe<{ row: string }[]>(
      `SELECT t::text AS row FROM "${name.replaceAll('"', '""')}" t ORDER BY 1`,
    );
    parts.push(`-- ${name}`, ...rows.map(({ row }) => row));
  }
  return parts.join('\n');
}
