-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "context_source" TEXT,
ADD COLUMN     "unpriced_tokens" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "usage_buckets" (
    "grain" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "session_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "model" TEXT NOT NULL,
    "agent" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "host_id" UUID NOT NULL,
    "host_name" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "project_name" TEXT NOT NULL,
    "profile" TEXT NOT NULL,
    "user_id" UUID,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_read_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_creation_tokens" BIGINT NOT NULL DEFAULT 0,
    "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_nanos" BIGINT NOT NULL DEFAULT 0,
    "estimated_nanos" BIGINT NOT NULL DEFAULT 0,
    "unpriced_tokens" BIGINT NOT NULL DEFAULT 0,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "errors" BIGINT NOT NULL DEFAULT 0,
    "retries" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "usage_buckets_pkey" PRIMARY KEY ("grain","at","session_id","epoch","model","agent","role")
);

-- CreateTable
CREATE TABLE "tool_buckets" (
    "grain" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "session_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "tool" TEXT NOT NULL,
    "host_id" UUID NOT NULL,
    "host_name" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "project_name" TEXT NOT NULL,
    "profile" TEXT NOT NULL,
    "user_id" UUID,
    "calls" BIGINT NOT NULL DEFAULT 0,
    "failed" BIGINT NOT NULL DEFAULT 0,
    "rejected" BIGINT NOT NULL DEFAULT 0,
    "duration_ms" BIGINT NOT NULL DEFAULT 0,
    "histogram" BIGINT[],

    CONSTRAINT "tool_buckets_pkey" PRIMARY KEY ("grain","at","session_id","epoch","tool")
);

-- CreateTable
CREATE TABLE "activity_buckets" (
    "grain" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "session_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "host_id" UUID NOT NULL,
    "host_name" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "project_name" TEXT NOT NULL,
    "profile" TEXT NOT NULL,
    "user_id" UUID,
    "rev" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "working_ms" BIGINT NOT NULL DEFAULT 0,
    "waiting_ms" BIGINT NOT NULL DEFAULT 0,
    "idle_ms" BIGINT NOT NULL DEFAULT 0,
    "lines_added" BIGINT NOT NULL DEFAULT 0,
    "lines_removed" BIGINT NOT NULL DEFAULT 0,
    "commits" BIGINT NOT NULL DEFAULT 0,
    "pull_requests" BIGINT NOT NULL DEFAULT 0,
    "prompts" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "activity_buckets_pkey" PRIMARY KEY ("grain","at","session_id","epoch")
);

-- CreateTable
CREATE TABLE "prompt_usage" (
    "session_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "prompt_id" TEXT NOT NULL,
    "rev" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "host_id" UUID NOT NULL,
    "host_name" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "project_name" TEXT NOT NULL,
    "profile" TEXT NOT NULL,
    "user_id" UUID,
    "model" TEXT,
    "cost_source" TEXT NOT NULL,
    "characters" BIGINT,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_read_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_creation_tokens" BIGINT NOT NULL DEFAULT 0,
    "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_nanos" BIGINT NOT NULL DEFAULT 0,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "tool_calls" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "prompt_usage_pkey" PRIMARY KEY ("session_id","epoch","prompt_id")
);

-- CreateTable
CREATE TABLE "host_presence" (
    "at" TIMESTAMPTZ(3) NOT NULL,
    "host_id" UUID NOT NULL,

    CONSTRAINT "host_presence_pkey" PRIMARY KEY ("at","host_id")
);

-- CreateIndex
CREATE INDEX "usage_buckets_grain_project_at_idx" ON "usage_buckets"("grain", "project", "at");

-- CreateIndex
CREATE INDEX "usage_buckets_session_id_grain_at_idx" ON "usage_buckets"("session_id", "grain", "at");

-- CreateIndex
CREATE INDEX "tool_buckets_session_id_grain_at_idx" ON "tool_buckets"("session_id", "grain", "at");

-- CreateIndex
CREATE INDEX "activity_buckets_session_id_grain_at_idx" ON "activity_buckets"("session_id", "grain", "at");

-- CreateIndex
CREATE INDEX "prompt_usage_at_idx" ON "prompt_usage"("at");
