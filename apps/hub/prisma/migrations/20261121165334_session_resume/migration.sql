-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "conversation_id" TEXT,
ADD COLUMN     "options" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "resumed_from" UUID,
ADD COLUMN     "sidecar" JSONB;
