// Decides, before anything else, whether a request may be looked at: by its Host, Origin and Sec-Fetch-Site. Pure.
import { AppError } from '@roundhouse/protocol';

/** What decides, as it came in (forwarded values only from a trusted proxy). */
export interface CallFacts {
  readonly method: string;
  /** A WebSocket upgrade counts as a write. */
  readonly upgrade: boolean;
  readonly secure: boolean;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly hasCookie: boolean;
}

export interface CallRules {
  /** Names to which the hub answers, lower case, without port. */
  readonly hostNames: ReadonlySet<string>;
  /** How people reach the hub; its scheme counts for its own host and port, whatever a proxy does. */
  readonly publicUrl: URL | null;
}

const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Null when the request may go on. */
export function mayCall(facts: CallFacts, rules: CallRules): AppError | null {
  const origin = ownOrigin(facts, rules);
  if (origin === null) {
    return new AppError('HOST_HEADER_FORBIDDEN', {
      message: `Roundhouse does not answer to the host name ${quoted(facts.host)}`,
    });
  }
  if (facts.origin !== undefined && facts.origin !== origin) {
    return refused(`The request came from ${quoted(facts.origin)}, this is ${origin}`);
  }
  const site = facts.secFetchSite;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return refused(`The browser says that the request is ${quoted(site)}`);
  }
  return facts.hasCookie ? cookieRule(facts) : null;
}

/** Daemons are no browsers: what only browsers send is refused. */
export function mayConnectDaemon(facts: CallFacts, rules: CallRules): AppError | null {
  const error = mayCall(facts, rules);
  if (error) return error;
  const browser = facts.origin !== undefined || facts.secFetchSite !== undefined || facts.hasCookie;
  return browser ? refused('Browsers cannot connect here') : null;
}

/** A cookie goes with every request that any page makes: a browser must also say which page it was. */
function cookieRule({ method, upgrade, origin, secFetchSite }: CallFacts): AppError | null {
  if (origin === undefined && secFetchSite === undefined) {
    return refused('A request with a cookie must carry Origin or Sec-Fetch-Site');
  }
  const writes = upgrade || !reading.has(method);
  if (writes && origin === undefined) return refused('A write with a cookie must carry Origin');
  return null;
}

/** The origin that this request must come from; null when its Host is not ours. */
export function ownOrigin(facts: Pick<CallFacts, 'host' | 'secure'>, rules: CallRules): string | null {
  const { host } = facts;
  if (host === undefined || !hostPattern.test(host)) return null;
  const url = parse(`${facts.secure ? 'https' : 'http'}://${host}`);
  if (!url || !rules.hostNames.has(url.hostname)) return null;
  const { publicUrl } = rules;
  if (publicUrl && parse(`${publicUrl.protocol}//${host}`)?.host === publicUrl.host) return publicUrl.origin;
  return url.origin;
}

const parse = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);
const quoted = (value: string | undefined): string => JSON.stringify((value ?? '').slice(0, 120));
const refused = (message: string): AppError => new AppError('ORIGIN_FORBIDDEN', { message });
