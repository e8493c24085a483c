// Owns docs/errors.md: every code that Roundhouse answers with, and every reason of a session, with its cure.

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('<', '&lt;');
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) =>
  [row(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(row)].join('\n');

/** The document, from the built protocol. */
export function errorsDocument({ errorTable, isRetryable, sessionReasons }) {
  const codes = Object.entries(errorTable).sort(([a], [b]) => (a < b ? -1 : 1));
  const errors = codes.map(([code, { status, title, hint }]) => [
    // To be linked to: errors.md#no_space
    `<a id="${code.toLowerCase()}"></a>\`${code}\``,
    ...[status, isRetryable(code) ? 'yes' : 'no', title, hint].map(cell),
  ]);
  const reasons = Object.entries(sessionReasons).map(([name, words]) => [`\`${name}\``, ...words.map(cell)]);
  return `# Errors and their cures

<!-- Made by scripts/gen-docs.mjs from packages/protocol. Do not edit: change the table and run it again. -->

Every answer that is not a success carries one of these codes: REST as \`code\` of a problem document
(\`application/problem+json\`, with \`hint\` and, for fields, \`errors\`), sockets as \`error.code\` of the acknowledgement, the
hub and the daemon as text at their end. The message in hand is more exact than this table: it names the file, the host or the
setting. "Try again" says whether the same request may succeed later without a change. For codes of status 500 and above, search the
log of the hub for the \`requestId\` of the answer. The app has the same at \`/help/errors\`; "What can I do?" beside an error leads there.

The hub ends with exit code 2 and the daemon with 2 or 3 when a person has to correct something first; a supervisor need not start
them again until then. Any other fault is exit code 1.

## Codes

${table(['Code', 'HTTP', 'Try again', 'What happened', 'What to do'], errors)}

## Why a session ended or cannot go on

${table(['Reason', 'What happened', 'What to do'], reasons)}
`;
}
