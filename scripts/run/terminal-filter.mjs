// Owns what of a child's output reaches the terminal: results word for word, warnings and errors as one short line
// each, everything else only in the log file.

/** Lines that scripts and people wait for; they carry a one-time secret, so they are not logged. */
const verbatim = /^(Roundhouse is ready: |Setup link: )/;
/** As our logger names them; pino's own numbers are understood too. */
const warnings = new Set(['warn', 'error', 'fatal', 40, 50, 60]);
/** The same warning again within this time stays in the log only (a daemon that retries, for example). */
const quietMs = 60_000;

/**
 * Sorts one line: `{show?, log?}`. `show` is the text for the terminal, `log` the text for the log file.
 * Lines are pino's JSON or plain text, which somebody wrote for a person.
 */
export function sortLine(line, name) {
  if (line.trim() === '') return {};
  if (verbatim.test(line)) return { show: line };
  const entry = parseEntry(line);
  if (!entry) return { show: `${name}: ${line}`, log: line };
  if (!warnings.has(entry.level)) return { log: line };
  return { show: `${name}: ${describe(entry)}`, log: line };
}

function parseEntry(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return entry.level === undefined ? undefined : entry;
  } catch {
    return undefined;
  }
}

function describe({ msg, err, code, hint }) {
  const reason = err?.message && err.message !== msg ? `: ${err.message}` : '';
  const parts = [`${msg ?? code ?? 'warning'}${reason}`, hint ?? err?.hint];
  return parts.filter(Boolean).join(' ');
}

/** Remembers what was shown; `isNew(text)` is false for a repeat within a minute. */
export function createQuiet(now = () => performance.now()) {
  const shownAt = new Map();
  return (text) => {
    const last = shownAt.get(text);
    if (last !== undefined && now() - last < quietMs) return false;
    if (shownAt.size > 500) shownAt.clear();
    shownAt.set(text, now());
    return true;
  };
}
