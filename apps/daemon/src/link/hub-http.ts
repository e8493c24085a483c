// The one HTTP request that a daemon makes: enrolment. Trusts a hub with its own CA by the fingerprint of the join token.
import { createHash, X509Certificate } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import tls, { type DetailedPeerCertificate } from 'node:tls';
import { AppError, isErrorCode, problemSchema } from '@roundhouse/protocol';

/** Connect, send and answer; a hub that is up answers in well under a second. */
const requestTimeoutMs = 10_000;
const answerMaxBytes = 64 * 1024;

export interface HubRequest {
  readonly url: string;
  readonly body: unknown;
  /** PEM of the only CA to trust; the system's when null. */
  readonly ca: string | null;
  readonly signal: AbortSignal;
}

/** @throws AppError of the hub's answer, or HUB_UNREACHABLE */
export async function postJson({ url, body, ca, signal }: HubRequest): Promise<unknown> {
  const text = JSON.stringify(body);
  const { status, answer } = await send(url, text, { ca, signal });
  const parsed = parse(answer);
  if (status >= 200 && status < 300 && parsed !== null) return parsed;
  const problem = problemSchema.safeParse(parsed);
  if (!problem.success) {
    throw new AppError('HUB_UNREACHABLE', {
      message: `${url} answered ${String(status)}, but not as Roundhouse does`,
      hint: 'See that HUB_URL is the address of a Roundhouse hub, and that a proxy before it reaches the hub.',
    });
  }
  const { code, detail, title, hint } = problem.data;
  throw new AppError(code, { message: detail ?? title, ...(hint === undefined ? {} : { hint }) });
}

function send(url: string, text: string, { ca, signal }: { ca: string | null; signal: AbortSignal }) {
  return new Promise<{ status: number; answer: string }>((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(new AppError('HUB_UNREACHABLE', { message: `${url}: ${cause.message}`, cause }));
    };
    const options = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      // Pinned means this one alone: no public authority may vouch for another hub under the same name.
      ...(ca === null ? {} : { ca }),
    };
    const request = (url.startsWith('https:') ? https : http).request(url, options, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        answer += part;
        if (answer.length > answerMaxBytes) response.destroy(new Error('the answer is too long'));
      });
      response.on('aborted', () => {
        fail(new Error('the answer broke off'));
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, answer });
      });
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end(text);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * The CA certificate (PEM) of a hub that made its own, found by the fingerprint in the join token. Nothing is sent.
 * @param fingerprint SHA-256 of the DER, base64url
 * @throws AppError HUB_KEY_INVALID when the hub shows another one, HUB_UNREACHABLE
 */
export function fetchPinnedCa(url: string, fingerprint: string, signal: AbortSignal): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 443),
      // Only the certificate is looked at here; what is sent later is sent to this CA alone.
      rejectUnauthorized: false,
      ...(/^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname }),
    });
    const finish = (settle: () => void): void => {
      socket.destroy();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (error: AppError): void => {
      finish(() => {
        reject(error);
      });
    };
    const onAbort = (): void => {
      fail(new AppError('HUB_UNREACHABLE', { message: 'Stopped while connecting' }));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    socket.setTimeout(requestTimeoutMs, () => {
      fail(new AppError('HUB_UNREACHABLE', { message: `${url}: no answer in time` }));
    });
    socket.on('error', (cause: Error) => {
      fail(new AppError('HUB_UNREACHABLE', { message: `${url}: ${cause.message}`, cause }));
    });
    socket.once('secureConnect', () => {
      const found = chainOf(socket.getPeerCertificate(true)).find((der) => digest(der) === fingerprint);
      if (!found) fail(new AppError('HUB_KEY_INVALID'));
      else {
        finish(() => {
          resolve(new X509Certificate(found).toString());
        });
      }
    });
  });
}

function chainOf(leaf: DetailedPeerCertificate): Buffer[] {
  const chain: Buffer[] = [];
  // The last certificate names itself as its issuer, or since Node 22 none; a few are enough for any real chain.
  let next: DetailedPeerCertificate | undefined = leaf;
  for (let left = 10; left > 0 && next !== undefined; left -= 1) {
    const { raw }: DetailedPeerCertificate = next;
    if (!raw || chain.some((der) => der.equals(raw))) break;
    chain.push(raw);
    next = next.issuerCertificate;
  }
  return chain;
}

const digest = (der: Buffer): string => createHash('sha256').update(der).digest('base64url');

/** Whether another attempt may help. */
export const isTransient = (error: unknown): boolean =>
  error instanceof AppError &&
  isErrorCode(error.code) &&
  [
    'HUB_UNREACHABLE',
    'SETUP_REQUIRED',
    'DB_UNAVAILABLE',
    'DB_READ_ONLY',
    'SHUTTING_DOWN',
    'TIMEOUT',
    'RATE_LIMITED',
    'INTERNAL',
  ].includes(error.code);
