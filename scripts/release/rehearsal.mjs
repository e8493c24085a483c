// DATA: the migration that rehearsals of an upgrade add where the newer release has none of its own.

export const rehearsal = '29990101000000_rehearsal';
/** What an expansion may do: a table, and columns that the release before neither fills nor reads. */
export const rehearsalSql = `CREATE TABLE "rehearsal" ("id" UUID NOT NULL PRIMARY KEY);
ALTER TABLE "sessions" ADD COLUMN "rehearsal" TEXT, ADD COLUMN "rehearsed" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "hosts" ADD COLUMN "rehearsal" JSONB NOT NULL DEFAULT '{}';
`;
/** Columns of tables that were there before. */
export const rehearsalColumns = ['rehearsal', 'rehearsed'];
