// Owns docs/troubleshooting.md: what the doctors of hub and daemon look at, and the cure of each fault.

const cell = (text) => text.replaceAll('|', '\\|');
const table = (checks) => {
  const head = ['Finding', 'What must hold', 'Cure'];
  const rows = checks.map(({ id, doc, fix }) => [`\`${id}\``, cell(doc), cell(fix)]);
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index].length)));
  const line = (cells) => `| ${cells.map((text, index) => text.padEnd(widths[index])).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join(
    '\n',
  );
};

export const troubleshootingDocument = ({ common, hub, daemon }) => {
  const shared = new Set(common.map(({ id }) => id));
  const own = (checks) => checks.filter(({ id }) => !shared.has(id));
  return `# Troubleshooting

<!-- Made by scripts/gen-docs.mjs from apps/hub/src/doctor/checks.ts, apps/daemon/src/doctor/checks.ts and
packages/kit/src/doctor/common-checks.ts. Do not edit: change the checks and run it again. -->

\`\`\`sh
node apps/hub doctor      # where the hub runs, with its settings and as its user
node apps/daemon doctor   # where a daemon runs, likewise
\`\`\`

A doctor looks and changes nothing. It works whether the program runs or not. It says nothing when nothing is wrong; else
each finding with its cure, errors first. \`--json\` prints \`{"findings":[{"id","severity","found","fix"}]}\`. The exit code
is 0 when nothing was found, 1 for warnings only, 2 for an error: what does not work, or is dangerous.

\`/readyz\` answers 503 with the reason while the database, the migrations or the disk of a hub are not well, \`/healthz\`
while the process lives. The log of hub and daemon is JSON on standard error, or in the file of
\`ROUNDHOUSE_LOG_FILE\`; its lines name request, host and session, and what looks like a secret is blacked out.

## Without a database

While PostgreSQL is away, hangs, is read-only or has a full disk, terminals that are open keep working, and a line across the web
app says so. What must be stored is refused at once, with \`DB_UNAVAILABLE\` or, when the database answers and takes no changes,
\`DB_READ_ONLY\`; then everything can still be looked at. Nothing that has to be recorded happens without its record. What hosts
report meanwhile waits on their disks and is counted once. When the database is well again all goes on by itself, within
seconds: neither the hub nor a daemon needs to be restarted. The log of the hub says when it began and when it was over.

## Both

${table(common)}

## Hub

${table(own(hub))}

## Daemon

${table(own(daemon))}
`;
};
