// Telemetry: what sessions used, when, and what of it is told.
import { Module } from '@nestjs/common';
import { BackupModule } from '../backup/backup.module.js';
import { BucketRepository } from './bucket.repository.js';
import { BudgetController } from './budget.controller.js';
import { BudgetRepository } from './budget.repository.js';
import { BudgetService } from './budget.service.js';
import { IngestCounters } from './ingest-counters.js';
import { PresenceRecorder } from './presence-recorder.service.js';
import { PricesService } from './prices.service.js';
import { MetricsRepository } from './prometheus/metrics.repository.js';
import { MetricsService } from './prometheus/metrics.service.js';
import { FleetActivityRepository } from './query/fleet-activity.repository.js';
import { FleetActivityService } from './query/fleet-activity.service.js';
import { LabelsRepository } from './query/labels.repository.js';
import { SeriesRepository } from './query/series.repository.js';
import { SessionUsageRepository } from './query/session-usage.repository.js';
import { SessionUsageService } from './query/session-usage.service.js';
import { SumsRepository } from './query/sums.repository.js';
import { ToolsRepository } from './query/tools.repository.js';
import { UsageQueryService } from './query/usage-query.service.js';
import { RetentionRepository } from './retention.repository.js';
import { RetentionService } from './retention.service.js';
import { SummaryService } from './summary.service.js';
import { UsageController } from './usage.controller.js';
import { UsageRepository } from './usage.repository.js';
import { UsageService } from './usage.service.js';

@Module({
  imports: [BackupModule],
  controllers: [BudgetController, UsageController],
  providers: [
    BucketRepository,
    BudgetRepository,
    BudgetService,
    FleetActivityRepository,
    FleetActivityService,
    IngestCounters,
    LabelsRepository,
    MetricsRepository,
    MetricsService,
    PresenceRecorder,
    PricesService,
    RetentionRepository,
    RetentionService,
    SeriesRepository,
    SessionUsageRepository,
    SessionUsageService,
    SummaryService,
    SumsRepository,
    ToolsRepository,
    UsageQueryService,
    UsageRepository,
    UsageService,
  ],
  exports: [BudgetService, IngestCounters, UsageService],
})
export class TelemetryModule {}
