// Headers as a setting names them: `name=value,name=value`, values percent-encoded, as in OTEL_EXPORTER_OTLP_HEADERS.
import { z } from 'zod';

const pairPattern = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*([\x21-\x7e]+)\s*$/;
/** Those that a request says itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'host',
  'connection',
]);

export const headerListSchema = z.string().transform((text, context) => {
  const pairs = text.split(',').filter((each) => each.trim() !== '');
  const headers = pairs.map(readPair).filter((pair) => pair !== null);
  if (headers.length === pairs.length) return Object.fromEntries(headers);
  context.addIssue('must be a list of headers');
  return z.NEVER;
});

function readPair(pair: string): [string, string] | null {
  const [, name = '', encoded = ''] = pairPattern.exec(pair) ?? [];
  const value = decoded(encoded);
  if (name === '' || value === null || ownHeaders.has(name.toLowerCase())) return null;
  return [name.toLowerCase(), value];
}

function decoded(value: string): string | null {
  try {
    const text = decodeURIComponent(value);
    return /^[\x20-\x7e]+$/.test(text) ? text : null;
  } catch {
    return null;
  }
}
