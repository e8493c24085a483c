// What never reaches a log: names of fields that hold secrets, and texts that look like one.

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

/** Not within a word; the escapes of JSON (`\n`, `\u001b`) end in letters and are no word. */
const start = String.raw`(?:(?<![A-Za-z0-9_])|(?<=\\[nrtbf])|(?<=\\u[0-9a-fA-F]{4}))`;
const word = (pattern: string): RegExp => new RegExp(start + pattern, 'g');

const shapes: readonly RegExp[] = [
  // Roundhouse: API and join tokens, setup links, telemetry endpoints.
  word(String.raw`rh_[A-Za-z0-9_-]{20,}`),
  word(String.raw`rhj_[A-Za-z0-9_.-]{20,}`),
  /#token=[A-Za-z0-9_-]+/g,
  /\/s\/[A-Za-z0-9_-]{32,}/g,
  // user:password in URLs
  /(?<=:\/\/)[^/\s:@"\\]+:[^/\s@"\\]+(?=@)/g,
  // GitHub, GitLab, AWS, OpenAI and Anthropic, Slack, Google, npm, Hugging Face
  word(String.raw`gh[pousr]_[A-Za-z0-9]{16,}`),
  word(String.raw`github_pat_[A-Za-z0-9_]{16,}`),
  word(String.raw`gl(?:pat|rt|dt|cbt)-[A-Za-z0-9_.-]{16,}`),
  word(String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}`),
  word(String.raw`sk-[A-Za-z0-9_-]{16,}`),
  word(String.raw`xox[abeprs]-[A-Za-z0-9-]{10,}`),
  word(String.raw`xapp-[A-Za-z0-9-]{10,}`),
  word(String.raw`AIza[A-Za-z0-9_-]{30,}`),
  word(String.raw`npm_[A-Za-z0-9]{30,}`),
  word(String.raw`hf_[A-Za-z0-9]{30,}`),
  // Credentials of HTTP, JSON web tokens, and what a name says is one
  /(?<=\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{12,}/gi,
  word(String.raw`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?`),
  /(?<=[A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|PASSWD|API_KEY|ACCESS_KEY)[A-Z0-9_]*=)[^\s"'\\*,;&][^\s"'\\,;&]*/g,
  // Also one whose end is missing: then all the rest of the text.
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:(?!-----END)(?:\\[nrt/]|[^"\\]))*(?:-----END [A-Z0-9 ]*PRIVATE KEY-----)?/g,
];

/**
 * What hides a secret from a reader of text and not from one who copies it: escape sequences (as they are and as JSON
 * writes them), and characters that are not seen. None of it has a place in a log.
 */
const unseen: readonly RegExp[] = [
  // eslint-disable-next-line no-control-regex -- escape sequences are what is removed
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\))?/g,
  /\\u001[bB](?<=(?<!\\)(?:\\\\)*\\u001[bB])(?:\[[0-?]*[ !#-/]*[@-Z^-~]|\][^"\\]*(?:\\u0007|\\u001[bB]\\\\))?/g,
  /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g,
];

/** The text without what is not seen, and with everything that looks like a secret blacked out. */
export function scrub(text: string): string {
  const plain = unseen.reduce((clean, shape) => clean.replace(shape, ''), text);
  return shapes.reduce((clean, shape) => clean.replace(shape, '[redacted]'), plain);
}
