// The MCP servers of an agent in one line.
import type { McpServer } from '@roundhouse/protocol';
import { tn } from '../lib/i18n/t.js';

/** Names alone: what they are given is the agent's business. */
export function McpServers({ servers }: { servers: readonly McpServer[] }) {
  return (
    <p className="min-w-0 text-12 [overflow-wrap:anywhere] text-text-3">
      {tn('spawn.mcp', servers.length)}:{' '}
      {servers.map(({ name, transport }) => `${name} (${transport})`).join(', ')}
    </p>
  );
}
