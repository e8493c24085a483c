// Fields that say what an agent's telemetry means.
import { z } from 'zod';
import { flag, listOf, plainText } from '../rules.js';
import { oneOf, section } from './section.js';

const metricName = plainText('the name of a metric');

const telemetrySchema = section({
  /** false: the agent is given no endpoint. */
  otlp: flag.optional(),
  token_metrics: listOf(metricName).optional(),
  cost_metric: metricName.optional(),
  activity_metrics: listOf(metricName).optional(),
  runtime_metric: section({
    name: metricName,
    unit: z.enum(['seconds', 'milliseconds'], oneOf(['seconds', 'milliseconds'])).optional(),
  }).optional(),
  excluded_metrics: listOf(metricName).optional(),
});
export type TelemetrySection = z.output<typeof telemetrySchema>;

export const telemetryFields = { telemetry: telemetrySchema.optional() } as const;
