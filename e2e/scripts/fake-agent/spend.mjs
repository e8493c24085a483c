// Reports tokens over OTLP as agents do: one point at a time, again until it is taken.
import { setTimeout as sleep } from 'node:timers/promises';

const points = 5;
const retryMs = 100;

/** In several points of their own time, of which each may come more than once. */
export async function spend(tokens) {
  const began = Date.now();
  for (let index = 1; index <= points; index += 1) {
    const value = Math.floor((tokens * index) / points) - Math.floor((tokens * (index - 1)) / points);
    const at = (offset) => `${String(began + index * 10 + offset)}000000`;
    await deliver({ startTimeUnixNano: at(0), timeUnixNano: at(9), asInt: String(value), attributes });
  }
}

const attributes = [
  { key: 'type', value: { stringValue: 'input' } },
  { key: 'model', value: { stringValue: 'fake-1' } },
];

async function deliver(point) {
  const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints: [point] };
  const metrics = [{ name: 'fake.token.usage', unit: 'tokens', sum }];
  const body = JSON.stringify({
    resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics: [{ scope: { name: 'fake' }, metrics }] }],
  });
  const headers = { 'content-type': 'application/json' };
  for (;;) {
    const url = `${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/metrics`;
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(2_000),
    }).catch(() => null);
    if (answer?.ok) return;
    await sleep(retryMs);
  }
}
