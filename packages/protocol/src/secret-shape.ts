// Whether a variable looks like a secret: by its name, by known shapes, or because its value is random text.

const NAME = /(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PAT|CREDENTIALS?)(_|$)/i;
const SHAPES: readonly RegExp[] = [
  /\b(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}/, // most providers of models and payments
  /\b(gh[pousr]_|github_pat_|glpat-|xox[a-z]-|rhj?_)[A-Za-z0-9_.-]{10,}/,
  /\bAKIA[A-Z0-9]{12,}/,
  /\bAIza[A-Za-z0-9_-]{20,}/,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/, // JSON web tokens
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /:\/\/[^/\s:@]*:[^/\s@]+@/, // a password in an address
];
/** Words, numbers and paths are settings, whatever the variable is called. */
const SETTING = /^(true|false|yes|no|on|off|none|null|-?\d{1,9}(\.\d+)?|[~.]?\/.*|)$/i;
/** Shorter random text is no key. */
const RANDOM = /^[A-Za-z0-9+/_=-]{32,}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BETWEEN_KINDS = /(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[a-z0-9])|(?<=[0-9])(?=[A-Za-z])/g;
/** Names change between small letters, capitals and digits at their words; random text every two or three. */
const KIND_LENGTH_MAX = 6;

export function looksSecret(name: string, value: string): boolean {
  if (SHAPES.some((shape) => shape.test(value))) return true;
  if (NAME.test(name)) return !SETTING.test(value.trim());
  return RANDOM.test(value) && !UUID.test(value) && changes(value) * KIND_LENGTH_MAX > value.length;
}

const changes = (text: string): number => text.replace(/[^A-Za-z0-9]/g, '').match(BETWEEN_KINDS)?.length ?? 0;

/** A word of a command line: quotes may begin anywhere in it, and their ends be cut off. */
const WORD = String.raw`(?:"[^"]*"?|'[^']*'?|\\.|[^\s;|&"'\\])+`;
/** Before a value: `NAME=`, `--name=` or `--name `. */
const GIVEN = /[A-Za-z_][\w-]*=|--[\w-]+[ =]/g;
const VALUE = new RegExp(WORD, 'y');
/** Of a value in a value, as in `sh --command "NAME=value program"`: the quotes around are not its own. */
const INNER_VALUE = /[^\s;|&"']+/y;
const USER = String.raw`(?:^|\s)(?:-[A-Za-z]*u|--user[ =])\s*`;
/** Of curl's name:password; a user and group in numbers is none. */
const NAMED = String.raw`(?!\d+:\d)[^\s:"']+:`;
/**
 * Where programs take a password by a short option, headers, and JSON; the first group stays. The line is anybody's: no
 * pattern has two parts in a row that match the same run of characters, which takes seconds for a few kilobytes.
 */
const PASSED: readonly RegExp[] = [
  new RegExp(`(${USER}${NAMED})${WORD}`, 'g'),
  new RegExp(String.raw`(${USER}(["'])${NAMED})(?:(?!\2)[^])+`, 'g'),
  new RegExp(String.raw`(\b(?:mysql|mariadb)[^;|&]*?\s-p)${WORD}`, 'g'), // without a space: with one it is asked for
  new RegExp(String.raw`(\b(?:sshpass\s+-p|redis-cli\b[^;|&]*?\s-a)\s*)${WORD}`, 'g'),
  /((?:authorization|token|secret|api-?key|cookie)\s*:\s*(?:(?:bearer|basic|token)\s+)?)[^"']+/gi,
  /("[\w-]*(?:password|passwd|passphrase|secret|token|api[_-]?key)"\s*:\s*")[^"]+/gi,
];
const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2');
const leftOut = '***';

/** A command line for people to see again: what looks like a secret in it is left out. */
export function withoutSecrets(line: string): string {
  const passed = PASSED.reduce((text, place) => text.replace(place, `$1${leftOut}`), withoutNamed(line));
  return passed.replace(/[^\s"']+/g, (word) => (SHAPES.some((shape) => shape.test(word)) ? leftOut : word));
}

function withoutNamed(line: string): string {
  let shown = '';
  /** Up to where the line is shown, and up to where its values were looked at. */
  let from = 0;
  let seen = 0;
  for (const { 0: given, index } of line.matchAll(GIVEN)) {
    if (index < from) continue;
    const at = index + given.length;
    const value = matchAt(index < seen ? INNER_VALUE : VALUE, line, at);
    seen = Math.max(seen, at + value.length);
    const name = given.replace(/^--|[ =]$/g, '').replaceAll('-', '_');
    if (value === '' || !looksSecret(name, unquoted(value))) continue;
    shown += `${line.slice(from, at)}${leftOut}`;
    from = at + value.length;
  }
  return shown + line.slice(from);
}

function matchAt(sticky: RegExp, text: string, at: number): string {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? '';
}
