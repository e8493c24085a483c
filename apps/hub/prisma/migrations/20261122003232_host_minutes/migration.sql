-- CreateTable
CREATE TABLE "host_minutes" (
    "host_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "samples" INTEGER NOT NULL,
    "cpu_samples" INTEGER NOT NULL,
    "cpu_sum" DOUBLE PRECISION NOT NULL,
    "cpu_max" DOUBLE PRECISION NOT NULL,
    "load_samples" INTEGER NOT NULL,
    "load_sum" DOUBLE PRECISION NOT NULL,
    "mem_used_sum" BIGINT NOT NULL,
    "mem_total" BIGINT NOT NULL,
    "disk_free" BIGINT NOT NULL,
    "disk_total" BIGINT NOT NULL,

    CONSTRAINT "host_minutes_pkey" PRIMARY KEY ("host_id","at")
);

-- AddForeignKey
ALTER TABLE "host_minutes" ADD CONSTRAINT "host_minutes_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "hosts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
