-- AlterTable
ALTER TABLE "hosts" ADD COLUMN     "key_since" TIMESTAMPTZ(3),
ADD COLUMN     "previous_key" TEXT,
ADD COLUMN     "previous_key_until" TIMESTAMPTZ(3);
