// A hub as it is shipped, with users enough for a crowd: each may have 32 windows open.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { HubProcess } from '../../e2e/stack/hub.js';
import { hubUnderTest } from '../../e2e/stack/paths.js';
import { Rest } from '../../e2e/stack/rest.js';
import { Stack } from '../../e2e/stack/stack.js';

const windowsPerUser = 30;
const loopDelay = fileURLToPath(new URL('../servers/loop-delay.cjs', import.meta.url));

export interface CrowdedHub {
  readonly hub: HubProcess;
  readonly rest: Rest;
  /** Of one user each. */
  readonly tokens: readonly string[];
  tokenFor(viewer: number): string;
  stop(): Promise<void>;
}

export async function startCrowdedHub(viewers: number): Promise<CrowdedHub> {
  // There is no way yet to make a second user: the database is told behind the hub's back, and the hub started again.
  const stack = await Stack.start({ hubEntry: hubUnderTest });
  const hub = new HubProcess({
    stateDir: stack.hub.stateDir,
    env: { NODE_OPTIONS: `--require ${loopDelay}`, ROUNDHOUSE_LOG_LEVEL: 'warn' },
  });
  try {
    const tokens: string[] = [stack.token];
    for (let user = 1; user * windowsPerUser < viewers; user += 1)
      tokens.push(await tokenOfNewUser(stack, user));
    await stack.hub.stop();
    await hub.start();
    const rest = new Rest(hub.url, { token: stack.token });
    return {
      ...{ hub, rest, tokens },
      tokenFor: (viewer) => tokens[Math.floor(viewer / windowsPerUser)] ?? '',
      async stop() {
        await hub.stop();
        await stack.stop();
      },
    };
  } catch (error) {
    await hub.stop();
    await stack.stop();
    throw error;
  }
}

async function tokenOfNewUser(stack: Stack, number: number): Promise<string> {
  const [name, id] = [`crowd-${number}`, randomUUID()];
  const { token } = await stack.rest.ok('POST', 'tokens', { name });
  const { program } = stack.hub;
  await program.order('sql', {
    sql: `INSERT INTO users (id, username, password_hash, role) SELECT '${id}', '${name}', password_hash, role FROM users LIMIT 1`,
  });
  await program.order('sql', { sql: `UPDATE api_tokens SET user_id = '${id}' WHERE name = '${name}'` });
  return token;
}
