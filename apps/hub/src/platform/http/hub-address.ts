// Where the hub is reached, and by which names: known in full once it listens.
import { basePathOf, type BasePath } from './base-path.js';
import type { CallRules } from './may-call.js';

export interface HubAddressOptions {
  /** ROUNDHOUSE_PUBLIC_URL; null when people use the address that the hub listens on. */
  readonly publicUrl: string | null;
  /** ROUNDHOUSE_ALLOWED_HOSTS. */
  readonly allowedHosts: readonly string[];
  readonly bindHost: string;
  readonly tls: boolean;
  /** PEM of the hub's own CA, when TLS is self-signed. */
  readonly caCertificate: string | null;
  /** SHA-256 of that CA certificate, base64url. */
  readonly caFingerprint: string | null;
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const wildcards = new Set(['0.0.0.0', '::', '']);

export class HubAddress {
  readonly #options: HubAddressOptions;
  readonly #ownNames: readonly string[];
  readonly #publicUrl: URL | null;
  #rules: CallRules;
  #port = 0;
  /** The path of the public URL. */
  readonly basePath: BasePath;

  constructor(options: HubAddressOptions) {
    this.#options = options;
    this.#publicUrl = options.publicUrl === null ? null : new URL(options.publicUrl);
    this.basePath = (this.#publicUrl && basePathOf(this.#publicUrl)) ?? '';
    const bound = wildcards.has(options.bindHost) ? [] : [bracketed(options.bindHost)];
    this.#ownNames = [...loopbackNames, ...bound, ...(this.#publicUrl ? [this.#publicUrl.hostname] : [])];
    this.#rules = this.#rulesWith(options.allowedHosts);
  }

  /** Other ROUNDHOUSE_ALLOWED_HOSTS from now on. */
  allow(allowedHosts: readonly string[]): void {
    this.#rules = this.#rulesWith(allowedHosts);
  }

  /** Told once by the server that listens. */
  listening(port: number): void {
    this.#port = port;
  }

  /** The address that this process listens on. */
  get localUrl(): string {
    const { bindHost, tls } = this.#options;
    const host = wildcards.has(bindHost) ? '127.0.0.1' : bracketed(bindHost);
    return new URL(`${tls ? 'https' : 'http'}://${host}:${String(this.#port)}`).origin;
  }

  /** By which browsers and daemons reach the hub, without a slash at its end. */
  get publicUrl(): string {
    return this.#publicUrl === null ? this.localUrl : `${this.#publicUrl.origin}${this.basePath}`;
  }

  get caCertificate(): string | null {
    return this.#options.caCertificate;
  }

  get caFingerprint(): string | null {
    return this.#options.caFingerprint;
  }

  get rules(): CallRules {
    return this.#rules;
  }

  #rulesWith(allowedHosts: readonly string[]): CallRules {
    const names = [...this.#ownNames, ...allowedHosts].map((name) => name.toLowerCase());
    return { hostNames: new Set(names), publicUrl: this.#publicUrl };
  }
}

const bracketed = (host: string): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
