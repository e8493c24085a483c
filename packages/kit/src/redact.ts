// What never reaches a log: names of fields that hold secrets, and values known to be secret.

/** Field names that pino replaces wherever they stand at the first two levels. */
const secretFields = [
  'password',
  'token',
  'joinToken',
  'secret',
  'cookie',
  'authorization',
  'privateKey',
  'env',
  'data',
  'dataBase64',
  'signature',
];

export const redactPaths = secretFields.flatMap((name) => [name, `*.${name}`]);

const shapes: readonly RegExp[] = [
  /\brh_[A-Za-z0-9_-]{20,}/g, // API tokens
  /\brhj_[A-Za-z0-9_.-]{20,}/g, // join tokens
  /#token=[A-Za-z0-9_-]+/g, // setup links
  /\/s\/[A-Za-z0-9_-]{32,}/g, // telemetry endpoints
  /(?<=:\/\/)[^/\s:@]+:[^/\s@]+(?=@)/g, // user:password in URLs
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
];

/** The text with everything that looks like one of our secrets blacked out. */
export const scrub = (text: string): string =>
  shapes.reduce((clean, shape) => clean.replace(shape, '[redacted]'), text);
