// Reads requests as exporters usually write them, without a schema, which costs several times as much. Anything that is not
// plain leaves the whole request to the schema: only that judges, refuses and reads what is unusual.
import type { AttributeValue, Attributes, DecodedRequest, LogRecord, MetricPoint, Scope } from './model.js';

type Tree = Readonly<Record<string, unknown>>;

/** Below 2^64, and always exact as a bigint. */
const nanosText = /^\d{1,19}$/;
/** Always a safe integer. */
const safeIntegerText = /^-?\d{1,15}$/;
const temporalities = [undefined, 'delta', 'cumulative'] as const;
const otherKinds = ['gauge', 'histogram', 'exponentialHistogram', 'summary'] as const;

/** Null when it has to be read by the schema. */
export function readPlain(signal: 'metrics' | 'logs', tree: unknown, limit: number): DecodedRequest | null {
  const reader = new PlainReader();
  const read = signal === 'logs' ? reader.logs(tree, limit) : reader.metrics(tree, limit);
  return reader.isUnusual ? null : read;
}

interface Origin {
  readonly resource: Attributes;
  readonly scope: Scope;
}

/** What it returns means nothing once something was unusual. */
class PlainReader {
  isUnusual = false;
  /** Points of one request have few times among them, and a number of twenty digits is dear to read. */
  readonly #times = new Map<string, bigint>();

  logs(request: unknown, limit: number): DecodedRequest {
    const items: LogRecord[] = [];
    let rejected = 0;
    for (const { origin, children } of this.#scopes(request, ['resourceLogs', 'scopeLogs', 'logRecords'])) {
      for (const child of children) {
        const item = this.#record(this.#tree(child), origin);
        if (items.length < limit) items.push(item);
        else rejected += 1;
      }
    }
    return { batch: { signal: 'logs', items }, rejected };
  }

  metrics(request: unknown, limit: number): DecodedRequest {
    const items: MetricPoint[] = [];
    let rejected = 0;
    for (const { origin, children } of this.#scopes(request, [
      'resourceMetrics',
      'scopeMetrics',
      'metrics',
    ])) {
      for (const child of children) {
        for (const item of this.#sum(this.#tree(child), origin)) {
          if (items.length < limit) items.push(item);
          else rejected += 1;
        }
      }
    }
    return { batch: { signal: 'metrics', items }, rejected };
  }

  *#scopes(
    request: unknown,
    [resources, scopes, items]: readonly [string, string, string],
  ): Generator<{ origin: Origin; children: readonly unknown[] }> {
    for (const ofResource of this.#list(this.#tree(request)[resources])) {
      const group = this.#tree(ofResource);
      const resource = this.#attributes(this.#treeOrNone(group['resource'])['attributes']);
      for (const ofScope of this.#list(group[scopes])) {
        const inner = this.#tree(ofScope);
        const named = this.#treeOrNone(inner['scope']);
        const scope = { name: this.#text(named['name']), version: this.#text(named['version']) };
        yield { origin: { resource, scope }, children: this.#list(inner[items]) };
      }
    }
  }

  #record(record: Tree, origin: Origin): LogRecord {
    const time = this.#nanos(record['timeUnixNano']);
    const observed = this.#nanos(record['observedTimeUnixNano']);
    const body = this.#value(record['body']);
    return {
      ...origin,
      attributes: this.#attributes(record['attributes']),
      time: time === 0n ? observed : time,
      eventName: this.#text(record['eventName']),
      body: typeof body === 'string' ? body : this.#unusual(''),
    };
  }

  *#sum(metric: Tree, origin: Origin): Generator<MetricPoint> {
    const sum = this.#tree(metric['sum']);
    const temporality = temporalities[Number(sum['aggregationTemporality'])];
    if (temporality === undefined || typeof sum['aggregationTemporality'] !== 'number') this.isUnusual = true;
    if (otherKinds.some((kind) => !isAbsent(metric[kind]))) this.isUnusual = true;
    const shared = {
      name: this.#text(metric['name']),
      unit: this.#text(metric['unit']),
      kind: 'sum',
    } as const;
    for (const each of this.#list(sum['dataPoints'])) {
      const point = this.#tree(each);
      yield {
        ...origin,
        attributes: this.#attributes(point['attributes']),
        ...shared,
        temporality: temporality ?? 'unspecified',
        start: this.#nanos(point['startTimeUnixNano']),
        time: this.#nanos(point['timeUnixNano']),
        value: this.#number(point),
      };
    }
  }

  #number({ asDouble, asInt, flags }: Tree): number | null {
    if (!isAbsent(flags) && flags !== 0) return this.#unusual(null);
    if (isAbsent(asInt) && typeof asDouble === 'number') return Number.isFinite(asDouble) ? asDouble : null;
    return isAbsent(asDouble) && !isAbsent(asInt) ? this.#integer(asInt) : this.#unusual(null);
  }

  #attributes(value: unknown): Attributes {
    const attributes = new Map<string, AttributeValue>();
    if (isAbsent(value)) return attributes;
    for (const each of this.#list(value)) {
      const pair = this.#tree(each);
      attributes.set(this.#text(pair['key']), this.#value(pair['value']));
    }
    return attributes;
  }

  #value(value: unknown): AttributeValue {
    if (isAbsent(value)) return '';
    const tree = this.#tree(value);
    const [name, second] = Object.keys(tree);
    if (name === undefined || second !== undefined) return this.#unusual('');
    const held = tree[name];
    switch (name) {
      case 'stringValue':
        return typeof held === 'string' ? held : this.#unusual('');
      case 'boolValue':
        return typeof held === 'boolean' ? held : this.#unusual('');
      case 'doubleValue':
        return typeof held === 'number' ? held : this.#unusual('');
      case 'intValue':
        return this.#integer(held);
      default:
        return this.#unusual('');
    }
  }

  #integer(value: unknown): number {
    // Added to 0, since -0 is no integer of the wire.
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
    if (typeof value === 'string' && safeIntegerText.test(value)) return Number(value) + 0;
    return this.#unusual(0);
  }

  #nanos(value: unknown): bigint {
    if (isAbsent(value)) return 0n;
    if (typeof value !== 'string') return this.#unusual(0n);
    const known = this.#times.get(value);
    if (known !== undefined) return known;
    const nanos = nanosText.test(value) ? BigInt(value) : this.#unusual(0n);
    this.#times.set(value, nanos);
    return nanos;
  }

  #text(value: unknown): string {
    if (isAbsent(value)) return '';
    return typeof value === 'string' ? value : this.#unusual('');
  }

  #list(value: unknown): readonly unknown[] {
    return !this.isUnusual && Array.isArray(value) ? value : this.#unusual([]);
  }

  #treeOrNone(value: unknown): Tree {
    return isAbsent(value) ? nothing : this.#tree(value);
  }

  #tree(value: unknown): Tree {
    return isTree(value) ? value : this.#unusual(nothing);
  }

  #unusual<T>(instead: T): T {
    this.isUnusual = true;
    return instead;
  }
}

const nothing: Tree = {};

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
