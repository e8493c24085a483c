// Reads who calls from a request: address, scheme, Host and Origin. Forwarded headers count only when a
// declared proxy sent them.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import ipaddr from 'ipaddr.js';
import type { CallFacts } from './may-call.js';

type Cidr = ReturnType<typeof ipaddr.parseCIDR>;

export interface ClientFacts extends CallFacts {
  readonly requestId: string;
  /** Normalised: `::ffff:10.0.0.1` is `10.0.0.1`. */
  readonly ip: string;
}

/** Proxies whose `X-Forwarded-*` headers are believed. */
export class TrustedProxies {
  #cidrs: readonly Cidr[];

  /** @param list addresses and CIDRs. @throws Error on one that is neither */
  constructor(list: readonly string[]) {
    this.#cidrs = cidrsOf(list);
  }

  /** Others from now on. @throws Error as the constructor does */
  replace(list: readonly string[]): void {
    this.#cidrs = cidrsOf(list);
  }

  trusts(ip: string): boolean {
    if (!ipaddr.isValid(ip)) return false;
    const address = ipaddr.process(ip);
    return this.#cidrs.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
  }

  /** The nearest address that is no trusted proxy, read from the right: the left end is the client's own tale. */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    const chain = (forwardedFor ?? '').split(',').map((part) => part.trim());
    let client = peer;
    while (this.trusts(client)) {
      const before = chain.pop();
      if (before === undefined || !ipaddr.isValid(before)) break;
      client = normalise(before);
    }
    return client;
  }
}

const cidrsOf = (list: readonly string[]): Cidr[] =>
  list.map((text) =>
    text.includes('/')
      ? ipaddr.parseCIDR(text)
      : ([ipaddr.process(text), ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128] satisfies Cidr),
  );

export function readClient(request: IncomingMessage, proxies: TrustedProxies): ClientFacts {
  const peer = normalise(request.socket.remoteAddress ?? '');
  const trusted = proxies.trusts(peer);
  const forwarded = (name: string): string | undefined =>
    trusted ? one(request.headers[name])?.split(',').at(-1)?.trim() : undefined;
  const scheme = forwarded('x-forwarded-proto');
  return {
    requestId: randomUUID(),
    ip: proxies.clientOf(peer, one(request.headers['x-forwarded-for'])),
    method: request.method ?? 'GET',
    upgrade: request.headers.upgrade !== undefined,
    secure: scheme === undefined ? request.socket instanceof TLSSocket : scheme === 'https',
    host: forwarded('x-forwarded-host') ?? request.headers.host,
    origin: one(request.headers.origin),
    secFetchSite: one(request.headers['sec-fetch-site']),
    hasCookie: request.headers.cookie !== undefined,
  };
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value;

const normalise = (ip: string): string => (ipaddr.isValid(ip) ? ipaddr.process(ip).toString() : ip);
