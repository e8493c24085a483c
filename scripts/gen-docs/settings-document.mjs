// Owns the text of docs/settings.md: every setting of hub and daemon, from their tables.

/** The markdown, from `{settingTopics, fileVariable, fileKey}` and the two tables. */
export function settingsDocument(kit, { hub, daemon }) {
  return [
    introduction(hub),
    programSection('Hub', 'hub', hub, kit),
    programSection('Daemon', 'daemon', daemon, kit),
  ].join('\n');
}

/** Headings of the topics, in the order of the kit's list. */
const topicNames = {
  address: 'Address',
  tls: 'TLS',
  hub: 'Hub and hosts',
  projects: 'Projects',
  sessions: 'Sessions',
  usage: 'Usage and telemetry',
  storage: 'Storage',
  log: 'Log',
};

const introduction = (hub) => `# Settings

<!-- Made by scripts/gen-docs.mjs from apps/hub/src/settings/table.ts and apps/daemon/src/settings/table.ts. Do not
edit: change the table and run it again. -->

A setting comes from the environment, else from \`roundhouse.yaml\`, else it has its default. An empty value counts as
not set.

\`roundhouse.yaml\` is the file that \`ROUNDHOUSE_CONFIG\` names, else the one in the state directory, else
\`/etc/roundhouse/roundhouse.yaml\`; only one of them is read. Hub and daemon may share it, since each reads its own
section; \`npm start\` hands the hub's file to the local daemon. Lists may be written as YAML lists.

\`\`\`yaml
hub:
  port: 4400
  public_url: https://roundhouse.example.com
  trusted_proxies: [${hub.ROUNDHOUSE_TRUSTED_PROXIES.example.split(',').join(', ')}]
  database_url_file: /run/secrets/database-url
daemon:
  projects_root: [/home/me/src, /srv/git]
\`\`\`

A name that is no setting, or a value that does not fit, stops the start with exit code 2; all of them are told at
once, with the line of the file, what the setting takes and an example. The file is YAML 1.2 of at most 64 KiB.

A changed file is read again within a few seconds, and on SIGHUP unless the program runs in a terminal (\`systemctl reload\`,
\`podman kill -s HUP\`). What is marked below as taken up while it runs holds from then on; everything else holds from the next
start. A file with a mistake
changes nothing: the log says why, and so does the Settings page. What the environment says stays what it was at the
start.

The Settings page shows what holds, for the hub and for each machine: value, source, default, and what waits for a
restart (\`GET /api/v1/settings\` and \`GET /api/v1/hosts/:id/settings\`). It shows and does not write. A daemon tells its
settings when it connects and whenever it has read its file again; secrets never leave the machine.

A secret may stand in a file of its own, as containers mount them: \`DATABASE_URL_FILE=/run/secrets/database-url\`
instead of \`DATABASE_URL\`, or \`database_url_file\` in \`roundhouse.yaml\`. One line end at its end is cut off. Both at
once are refused. Secrets are never printed, in no log, message or answer. Take the rights of everybody else away from
such a file, and from a \`roundhouse.yaml\` with a secret in it (\`chmod o-rwx\`): \`doctor\` says where they were left.
`;

function programSection(title, section, table, kit) {
  const rows = Object.entries(table);
  const parts = kit.settingTopics
    .map((topic) => [topic, rows.filter(([, row]) => row.topic === topic)])
    .filter(([, list]) => list.length > 0)
    .map(([topic, list]) => `### ${topicNames[topic]}\n\n${list.map((row) => entry(row, kit)).join('')}`);
  return `## ${title}\n\nKeys stand below \`${section}:\`.\n\n${parts.join('\n')}`;
}

function entry([name, row], { fileVariable, fileKey }) {
  const code = (text) => `\`${text}\``;
  const names = [name, ...(row.secret ? [fileVariable(name)] : [])].map(code).join(' or ');
  const keys = row.key === null ? [] : [row.key, ...(row.secret ? [fileKey(row.key)] : [])];
  const facts = [
    keys.length === 0 ? 'From the environment only.' : `Key: ${keys.map(code).join(' or ')}.`,
    `Takes ${row.expects}.`,
    row.default === '' ? 'No default.' : `Default: ${code(row.default)}.`,
    `Example: ${code(row.example)}.`,
    ...(row.secret ? ['Secret.'] : []),
    ...(row.live ? ['**Taken up while it runs.**'] : []),
  ];
  return `- ${names}: ${row.help}\\\n  ${facts.join(' ')}\n`;
}
