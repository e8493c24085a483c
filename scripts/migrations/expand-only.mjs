// Owns the rule that lets the release before run on the database of this one: a migration only adds, unless its name marks
// it as a contraction (`<time>_contract_<name>`), and an older hub does not start on one of those. docs/adr/0024 says why.

/** The hub knows it by the same mark: apps/hub/src/platform/database/migrations.ts. */
export const isContraction = (name) => /^\d+_contract_/.test(name);

const ident = String.raw`"?([A-Za-z_][\w$]*)"?`;
const created = new RegExp(String.raw`^CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?${ident}`, 'i');
const altered = new RegExp(
  String.raw`^ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?${ident}\s+([\s\S]*)$`,
  'i',
);
const uniqueIndex = new RegExp(String.raw`^CREATE\s+UNIQUE\s+INDEX\b[\s\S]*?\sON\s+${ident}`, 'i');

const statementRules = [
  [/^DROP\s+(TABLE|VIEW|TYPE|SCHEMA|FUNCTION|SEQUENCE)\b/i, 'drops what the release before uses'],
  [/^ALTER\s+\w+\s+[\s\S]*\bRENAME\b/i, 'renames what the release before uses'],
  [/^(TRUNCATE|DELETE)\b/i, 'deletes rows'],
];
/** Of one action of ALTER TABLE on a table that was there before. */
const actionRules = [
  [/^DROP\s+(COLUMN\s+)?(?!CONSTRAINT\b)/i, 'drops a column that the release before reads'],
  [/^ALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b/i, 'changes the type of a column'],
  [/^ALTER\s+(COLUMN\s+)?\S+\s+SET\s+NOT\s+NULL/i, 'refuses rows that the release before writes'],
  [/^ALTER\s+(COLUMN\s+)?\S+\s+DROP\s+NOT\s+NULL/i, 'lets in NULL, which the release before does not expect'],
  [/^ALTER\s+(COLUMN\s+)?\S+\s+DROP\s+DEFAULT/i, 'refuses rows that the release before writes'],
  [
    /^ADD\s+(CONSTRAINT\b|CHECK\b|UNIQUE\b|FOREIGN\b|PRIMARY\b)/i,
    'refuses rows that the release before writes',
  ],
];

/** What in `sql` the release before could not live with: `{statement, why}`; empty for a migration that only adds. */
export function contractions(sql) {
  const fresh = new Set();
  const found = [];
  for (const statement of statementsOf(sql)) {
    const made = created.exec(statement);
    if (made) fresh.add(made[1]);
    const why = whyNot(statement, fresh);
    if (why) found.push({ statement: statement.replace(/\s+/g, ' ').slice(0, 120), why });
  }
  return found;
}

function whyNot(statement, fresh) {
  const rule = statementRules.find(([pattern]) => pattern.test(statement));
  if (rule) return rule[1];
  const index = uniqueIndex.exec(statement);
  if (index && !fresh.has(index[1])) return 'refuses rows that the release before writes';
  const change = altered.exec(statement);
  if (!change || fresh.has(change[1])) return null;
  const actions = splitOutside(change[2], ',');
  return actions.map(whyNotAction).find((why) => why !== null) ?? null;
}

function whyNotAction(action) {
  const rule = actionRules.find(([pattern]) => pattern.test(action));
  if (rule) return rule[1];
  const addsColumn = /^ADD\b/i.test(action) && /\bNOT\s+NULL\b/i.test(action);
  return addsColumn && !/\b(DEFAULT|GENERATED)\b/i.test(action)
    ? 'adds a column that the release before does not fill (NOT NULL without DEFAULT)'
    : null;
}

const statementsOf = (sql) => splitOutside(sql, ';');

/** Parts of `text` between `separator`s that stand outside of brackets, quotes and comments; comments are left out. */
function splitOutside(text, separator) {
  const tokens = /--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|'(?:[^']|'')*'|"[^"]*"|[\s\S]/g;
  const parts = [''];
  let depth = 0;
  for (const [token] of text.matchAll(tokens)) {
    if (token.startsWith('--') || token.startsWith('/*')) continue;
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}
