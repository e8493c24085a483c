// Telemetry: what sessions used.
import { Module } from '@nestjs/common';
import { BucketRepository } from './bucket.repository.js';
import { IngestCounters } from './ingest-counters.js';
import { UsageController } from './usage.controller.js';
import { UsageRepository } from './usage.repository.js';
import { UsageService } from './usage.service.js';

@Module({
  controllers: [UsageController],
  providers: [BucketRepository, IngestCounters, UsageRepository, UsageService],
  exports: [IngestCounters, UsageService],
})
export class TelemetryModule {}
