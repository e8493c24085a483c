-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "notes" TEXT[] DEFAULT ARRAY[]::TEXT[];
