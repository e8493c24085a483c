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

/** `NAME=value`, `--name=value` or `--name value`, with or without quotes. */
const GIVEN = /([A-Za-z_][\w-]*=|--[\w-]+[ =])("[^"]*"|'[^']*'|[^\s;&|"']+)/g;
/** Where programs take a password by a short option, and headers; the first group stays. */
const PASSED: readonly RegExp[] = [
  /((?:^|\s)(?:-u|--user[ =])\s*["']?(?!\d+:\d)[^\s:"']+:)[^\s;|&"']+/g, // curl -u name:password, no user and group
  /(\b(?:mysql|mariadb)[\w-]*\b[^;|&]*?\s-p)[^\s;|&]+/g, // without a space: with one it is asked for
  /(\b(?:sshpass\s+-p|redis-cli\b[^;|&]*?\s-a)\s*)[^\s;|&]+/g,
  /(\b[\w-]*(?:authorization|token|secret|api-?key|cookie)\s*:\s*(?:(?:bearer|basic|token)\s+)?)[^"']+/gi,
];
const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2');
const leftOut = '***';

/** A command line for people to see again: what looks like a secret in it is left out. */
export function withoutSecrets(line: string): string {
  const named = line.replace(GIVEN, (whole, given: string, value: string) => {
    const name = given.replace(/^--|[ =]$/g, '').replaceAll('-', '_');
    return looksSecret(name, unquoted(value)) ? `${given}${leftOut}` : whole;
  });
  const passed = PASSED.reduce((text, place) => text.replace(place, `$1${leftOut}`), named);
  return passed.replace(/[^\s"']+/g, (word) => (SHAPES.some((shape) => shape.test(word)) ? leftOut : word));
}
