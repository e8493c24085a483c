// OpenTelemetry's own .proto files and gRPC's own library, from npm into a cache outside of the repository: what is sent
// and received with them owes nothing to Roundhouse.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

/** A release that carries the .proto files. */
const protoPackage = '@opentelemetry/otlp-grpc-exporter-base@0.34.0';
const packages = [protoPackage, '@grpc/grpc-js@1.14.3', '@grpc/proto-loader@0.8.0'];
const installTimeoutMs = 120_000;

/** Foreign code without types here. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Foreign = any;

export type Signal = 'metrics' | 'logs' | 'traces';
const services: Record<Signal, { readonly part: string; readonly name: string }> = {
  metrics: { part: 'metrics', name: 'Metrics' },
  logs: { part: 'logs', name: 'Logs' },
  traces: { part: 'trace', name: 'Trace' },
};

/** @returns where they are; null when the registry cannot be reached. @throws Error when npm failed otherwise */
export async function installOfficial(): Promise<string | null> {
  const cache = process.env['XDG_CACHE_HOME'] ?? tmpdir();
  const prefix = path.join(cache, 'roundhouse-test-cache', 'official-otlp-0.34.0');
  const done = path.join(prefix, 'installed');
  if (existsSync(done)) return prefix;
  mkdirSync(prefix, { recursive: true });
  writeFileSync(path.join(prefix, 'package.json'), '{}');
  const args = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--legacy-peer-deps',
    '--prefix',
    prefix,
  ];
  try {
    await promisify(execFile)('npm', [...args, ...packages], { timeout: installTimeoutMs, cwd: prefix });
  } catch (error) {
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(String(error))) return null;
    throw error;
  }
  writeFileSync(done, '');
  return prefix;
}

export class OfficialOtlp {
  readonly #grpc: Foreign;
  readonly #loader: Foreign;
  readonly #protos: string;
  readonly #root: Foreign;

  constructor(prefix: string) {
    const load = createRequire(path.join(prefix, 'package.json')) as (name: string) => Foreign;
    this.#grpc = load('@grpc/grpc-js');
    this.#loader = load('@grpc/proto-loader');
    this.#protos = path.join(prefix, 'node_modules', protoPackage.replace(/@[^@]+$/, ''), 'build/protos');
    this.#root = new (load('protobufjs').Root)();
    this.#root.resolvePath = (_origin: string, target: string) =>
      path.isAbsolute(target) ? target : path.join(this.#protos, target);
    for (const signal of Object.keys(services)) this.#root.loadSync(this.#fileOf(signal as Signal));
    this.#root.resolveAll();
  }

  decode(signal: Signal, bytes: Uint8Array): unknown {
    const type = this.#type(signal);
    return type.toObject(type.decode(bytes), { longs: String, bytes: String, enums: Number });
  }

  encode(signal: Signal, message: unknown): Buffer {
    const type = this.#type(signal);
    return Buffer.from(type.encode(type.fromObject(message)).finish());
  }

  /** A unary call, compressed, as gRPC's own library makes it. @returns the code of its status */
  call(port: number, signal: Signal, message: unknown, metadata: Record<string, string>): Promise<number> {
    const { part, name } = services[signal];
    const loaded = this.#loader.loadSync(this.#fileOf(signal), {
      includeDirs: [this.#protos],
      longs: String,
    });
    const { v1 } = this.#grpc.loadPackageDefinition(loaded).opentelemetry.proto.collector[part];
    const gzip = { 'grpc.default_compression_algorithm': 2 };
    const credentials = this.#grpc.credentials.createInsecure();
    const client = new v1[`${name}Service`](`127.0.0.1:${String(port)}`, credentials, gzip);
    const said = new this.#grpc.Metadata();
    for (const [key, value] of Object.entries(metadata)) said.set(key, value);
    return new Promise((resolve) => {
      client.Export(message, said, { deadline: Date.now() + 10_000 }, (error: { code: number } | null) => {
        client.close();
        resolve(error?.code ?? 0);
      });
    });
  }

  #type(signal: Signal): Foreign {
    const { part, name } = services[signal];
    return this.#root.lookupType(`opentelemetry.proto.collector.${part}.v1.Export${name}ServiceRequest`);
  }

  #fileOf(signal: Signal): string {
    const { part } = services[signal];
    return path.join(this.#protos, `opentelemetry/proto/collector/${part}/v1/${part}_service.proto`);
  }
}
