// What a session of this profile may use at most, where nobody chose anything else.
import { sessionLimitsSchema } from '@roundhouse/protocol';
import { section } from './section.js';

const { timeMinutes, memoryMb, cpuPercent } = sessionLimitsSchema.shape;

export const limitFields = {
  limits: section({ time_minutes: timeMinutes, memory_mb: memoryMb, cpu_percent: cpuPercent }).optional(),
} as const;
