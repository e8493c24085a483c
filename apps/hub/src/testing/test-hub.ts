// A real hub on a free port with its own embedded PostgreSQL, for specs.
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeFiles, silentLogger } from '@roundhouse/kit';
import { HubAddress } from '../platform/http/hub-address.js';
import { createHub, type Hub, type HubOptions } from '../hub.js';
import { HubSettings } from '../settings/hub-settings.js';

export const admin = { username: 'ada', password: 'quartz-lantern-otter-19' } as const;

export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface TestRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
}

export class TestHub {
  private constructor(
    public hub: Hub,
    readonly stateDir: string,
    private readonly options: Partial<HubOptions>,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(
    options: Partial<HubOptions> = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<TestHub> {
    // Under a directory that the database's own user may enter.
    const stateDir = await mkdtemp(path.join(tmpdir(), 'rh-hub-'));
    const settings = testSettings(stateDir, env);
    const hub = await createHub({ logger: silentLogger(), ...options, settings });
    const test = new TestHub(hub, stateDir, options, env);
    await hub.ready;
    return test;
  }

  /** Ends the hub and starts it again on the same state. */
  async restart(): Promise<void> {
    await this.hub.close();
    const settings = testSettings(this.stateDir, this.env);
    this.hub = await createHub({ logger: silentLogger(), ...this.options, settings });
    await this.hub.ready;
  }

  async close(): Promise<void> {
    await this.hub.close();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  get setupToken(): string {
    return this.hub.setupLink?.split('#token=')[1] ?? '';
  }

  /** Makes the administrator; returns the cookie of their session as a header value. */
  async setUp(): Promise<string> {
    const answer = await this.call({ path: '/api/v1/setup', json: { token: this.setupToken, ...admin } });
    if (answer.status !== 201) throw new Error(`setup: ${String(answer.status)} ${answer.text}`);
    return cookieOf(answer);
  }

  async logIn(password: string = admin.password): Promise<TestAnswer> {
    return this.call({ path: '/api/v1/auth/login', json: { username: admin.username, password } });
  }

  /** As a browser of the same origin with this cookie. */
  browser(cookie: string): Record<string, string> {
    return { cookie, origin: this.hub.url, 'sec-fetch-site': 'same-origin' };
  }

  /** Node's own client, because fetch refuses to set Host, Origin and the like. */
  call(request: TestRequest): Promise<TestAnswer> {
    const body = request.json === undefined ? request.raw : JSON.stringify(request.json);
    const url = new URL(this.hub.localUrl);
    const headers: Record<string, string> = { ...request.headers };
    if (request.json !== undefined) headers['content-type'] ??= 'application/json';
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const method = request.method ?? (body === undefined ? 'GET' : 'POST');
    const options = { host: url.hostname, port: url.port, method, path: request.path, headers, agent: false };
    return new Promise((resolve, reject) => {
      const heard = (response: IncomingMessage): void => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, text, body: asObject(text) });
        });
      };
      const ca = this.hub.get(HubAddress).caCertificate ?? undefined;
      const sent =
        url.protocol === 'https:' ? httpsRequest({ ...options, ca }, heard) : httpRequest(options, heard);
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

export const cookieOf = (answer: TestAnswer): string =>
  (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';

/** Only files of the state directory are there. */
export function testSettings(stateDir: string, env: Readonly<Record<string, string>> = {}): HubSettings {
  const read = (file: string) => (file.startsWith(stateDir) ? nodeFiles.read(file) : null);
  return HubSettings.load(
    { ROUNDHOUSE_PORT: '0', ROUNDHOUSE_STATE_DIR: stateDir, ...env },
    { isRoot: process.getuid?.() === 0, homeDir: stateDir, files: { read } },
  );
}

function asObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
