-- CreateTable
CREATE TABLE "budgets" (
    "id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "scope_key" TEXT,
    "period" TEXT NOT NULL,
    "limit_nanos" BIGINT,
    "limit_tokens" BIGINT,
    "action" TEXT NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("id")
);
