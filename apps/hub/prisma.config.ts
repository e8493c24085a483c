// Where the Prisma tooling finds the schema. The database address is not here: the hub passes it to its
// driver adapter at run time, and migrations are applied by the hub itself (src/platform/database).
import { defineConfig } from 'prisma/config';

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
