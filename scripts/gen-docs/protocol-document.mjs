// Owns the text of docs/protocol.md: every route, event, error, state and permission, from the protocol's registry.
import { typeText } from './type-text.mjs';

/** The markdown, from the exports of the built packages/protocol. */
export function protocolDocument(protocol) {
  const describe = describer(protocol);
  return [
    header(protocol),
    restSection(protocol.routes, describe),
    eventSection('Browser socket', browserIntro, protocol.uiEvents, describe),
    eventSection('Daemon socket', daemonIntro, protocol.daemonEvents, describe),
    entitySection(protocol, describe),
    stateSection(protocol),
    roleSection(protocol),
    errorSection(protocol),
  ].join('\n');
}

const browserIntro =
  'Socket.IO path `/socket.io`, namespace `/ui`, WebSocket only, default parser. Authenticated by the session ' +
  'cookie or `auth.token`. Every request is acknowledged with `{ok: true, data}` or `{ok: false, error}`.';
const daemonIntro =
  'Socket.IO path `/daemon.io`, namespace `/daemon`, msgpack parser. A connection counts for nothing until its ' +
  'daemon has proven the key of its host.';

function header({ productVersion, protocolVersions }) {
  return `# The wire

<!-- Made by scripts/gen-docs.mjs from packages/protocol. Do not edit: change the registry and run it again. -->

Everything that crosses a process, as of version ${productVersion} (protocol ${protocolVersions.min} to ${protocolVersions.max}).
REST is also described by [openapi.json](openapi.json), agent profiles by [profile.schema.json](profile.schema.json).

Notation: \`name?\` may be left out, \`int\` is an integer up to 2^53−1, \`instant\` is ISO 8601 in UTC, \`bytes\` is
Buffer, ArrayBuffer or Uint8Array. Receivers ignore fields that they do not know; changes only add.
`;
}

/** Names the entities wherever they appear, and bytes, which JSON Schema cannot say. */
function describer(protocol) {
  const names = new Map(entities(protocol).map(([name, schema]) => [schema, name]));
  return (schema, { expand = false } = {}) =>
    typeText(
      protocol.toJsonSchema(schema, (part) => (expand && part === schema ? undefined : refOf(part, names))),
    );
}

const entities = (protocol) => [
  ['Session', protocol.sessionSchema],
  ['Host', protocol.hostSchema],
  ['Inventory', protocol.inventorySchema],
  ['SystemInfo', protocol.systemInfoSchema],
  ['ReportedSession', protocol.reportedSessionSchema],
  ['StreamInfo', protocol.streamInfoSchema],
  ['WorktreeStatus', protocol.worktreeStatusSchema],
  ['Fact', protocol.factSchema],
  ['CommandOp', protocol.commandOpSchema],
  ['Me', protocol.meSchema],
  ['ApiToken', protocol.apiTokenSchema],
  ['WireError', protocol.wireErrorSchema],
];

function refOf(part, names) {
  const name = names.get(part);
  if (name !== undefined) return `#/${name}`;
  return isBytes(part) ? '#/bytes' : undefined;
}

/** A custom type that is transformed on arrival, as `bytesSchema` makes it: JSON Schema has no word for it. */
function isBytes({ _zod: { def } }) {
  return def.type === 'pipe' && def.in._zod.def.type === 'custom';
}

const table = (head, rows) =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
const code = (text) => (text === '{}' ? '' : `\`${text.replaceAll('\\|', '\\|')}\``);

function restSection(routes, describe) {
  const groups = Object.entries(routes).map(([name, group]) => {
    const rows = Object.values(group).map((route) => [
      `\`${route.method} ${route.path}\``,
      code(request(route, describe)),
      `${route.status} ${code(route.media?.join(', ') ?? describe(route.reply))}`,
      `\`${route.permission}\``,
      route.doc,
    ]);
    return `### ${name}\n\n${table(['Route', 'Request', 'Reply', 'Permission', ''], rows)}\n`;
  });
  return `## REST\n\nErrors are RFC 9457 problem documents with \`code\`, \`hint\` and, for wrong fields, \`errors\`.\n\n${groups.join('\n')}`;
}

function request(route, describe) {
  const parts = [
    ['', describe(route.body)],
    ['?', describe(route.query)],
    ['header ', (route.headers ?? []).join(', ') || '{}'],
  ];
  return (
    parts
      .filter(([, text]) => text !== '{}')
      .map(([prefix, text]) => `${prefix}${text}`)
      .join(' ; ') || '{}'
  );
}

function eventSection(title, intro, events, describe) {
  const rows = Object.entries(events).map(([name, event]) => [
    `\`${name}\``,
    `from ${event.from}`,
    code(describe(event.payload)),
    event.reply === null ? 'none' : code(describe(event.reply)) || '`{}`',
    `\`${event.permission}\``,
    event.doc,
  ]);
  return `## ${title}\n\n${intro}\n\n${table(['Event', 'Direction', 'Payload', 'Acknowledged with', 'Permission', ''], rows)}\n`;
}

function entitySection(protocol, describe) {
  const items = entities(protocol)
    .filter(([, schema]) => schema !== undefined)
    .map(
      ([name, schema]) => `- **${name}**: ${code(describe(schema, { expand: true })).replaceAll('\\|', '|')}`,
    );
  return `## Shapes\n\n${items.join('\n')}\n`;
}

function stateSection({ sessionMoves, sessionReasons }) {
  const moves = Object.entries(sessionMoves).map(([from, to]) => [
    `\`${from}\``,
    to.map((s) => `\`${s}\``).join(' '),
  ]);
  const reasons = Object.entries(sessionReasons).map(([name, [title, hint]]) => [`\`${name}\``, title, hint]);
  return `## Session states\n\n${table(['From', 'May become'], moves)}\n\n### Reasons\n\n${table(['Code', 'Meaning', 'What to do'], reasons)}\n`;
}

function roleSection({ permissions, rolePermissions }) {
  const roles = Object.keys(rolePermissions);
  const rows = permissions.map((permission) => [
    `\`${permission}\``,
    ...roles.map((role) => (rolePermissions[role].includes(permission) ? 'yes' : '')),
  ]);
  return `## Permissions\n\n${table(['Permission', ...roles], rows)}\n`;
}

function errorSection({ errorTable, isRetryable }) {
  const rows = Object.entries(errorTable).map(([name, { status, title, hint }]) => [
    `\`${name}\``,
    String(status),
    isRetryable(name) ? 'yes' : '',
    title,
    hint,
  ]);
  return `## Errors\n\n${table(['Code', 'HTTP', 'Retry', 'What happened', 'What to do'], rows)}\n`;
}
