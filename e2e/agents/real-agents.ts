// What is special about each real agent in a test: its home, its environment, its fake model, and what its screen says.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FakeAnthropic } from './fake-anthropic.js';
import { FakeGemini } from './fake-gemini.js';
import { FakeOpenAi } from './fake-openai.js';
import type { FakeServer } from './fake-server.js';
import type { Call } from './ledger.js';
import type { OwnPrice } from './price.js';
import type { AgentName } from './versions.js';

export interface Place {
  readonly home: string;
  readonly project: string;
  /** Of the fake model. */
  readonly url: string;
}

export interface RealAgent {
  readonly name: AgentName;
  /** The shell tool, as the agent names it when it asks; Codex does not name one. */
  readonly tool: RegExp;
  /** What its screen shows: at its prompt, while it works, while it asks. */
  readonly screen: { readonly prompt: RegExp; readonly working: RegExp; readonly asking: RegExp };
  readonly fake: () => FakeServer;
  /** Writes what a person has answered and configured once. @returns the environment that the agent needs */
  readonly seed: (place: Place) => Record<string, string>;
  /** Whether the agent tells what the call has used. */
  readonly tells: (call: Call) => boolean;
  /** Arguments without which it does something else than it does under its profile. */
  readonly arguments: readonly string[];
  /** The key that its profile names for approval. */
  readonly approve: string;
  /** false: it runs every tool without asking. */
  readonly asks: boolean;
  /** Requests that its fake need not know. */
  readonly harmless: RegExp;
  /** For a model that the price list does not know. */
  readonly ownPrice: OwnPrice | null;
  /** Its own records: conversations name the hooks that ran in them, snapshots hold its environment. */
  readonly records: RegExp;
  /** Files of its own that it does not leave at each run: locks, caches, what comes with telemetry. */
  readonly sometimes: RegExp;
  /** Whether it names its conversation itself, instead of taking the session's id. */
  readonly learnsId: boolean;
}

const apiKey = 'sk-ant-loopback-0123456789abcdefghij';

const writeJson = (file: string, content: unknown): void => {
  write(file, `${JSON.stringify(content, null, 2)}\n`);
};
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const always = (): boolean => true;

const claude: RealAgent = {
  name: 'claude',
  sometimes: /^\.claude\/(shell-snapshots|backups)\//,
  records: /^\.claude\/projects\//,
  arguments: [],
  approve: '1',
  asks: true,
  harmless: /^$/,
  ownPrice: null,
  tool: /^Bash$/,
  screen: { prompt: /❯/, working: /[·✢✳✶✻✽*] \S+…/, asking: /Do you want to proceed\?/ },
  fake: () => new FakeAnthropic(),
  seed: ({ home, project, url }) => {
    writeJson(path.join(home, '.claude.json'), {
      hasCompletedOnboarding: true,
      theme: 'dark',
      projects: { [project]: { hasTrustDialogAccepted: true } },
      customApiKeyResponses: { approved: [apiKey.slice(-20)], rejected: [] },
    });
    return {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: apiKey,
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    };
  },
  tells: always,
  learnsId: false,
};

const codex: RealAgent = {
  name: 'codex',
  sometimes: /^\.codex\/(\.tmp|tmp|shell_snapshots|thread-writer-locks)\//,
  records: /^\.codex\/(sessions|shell_snapshots)\//,
  arguments: ['--no-daemon'],
  approve: 'y',
  asks: true,
  harmless: /analytics/,
  ownPrice: null,
  tool: /^/,
  screen: {
    prompt: /› Ask Codex/,
    working: /esc to interrupt/,
    asking: /Would you like to run the following command\?/,
  },
  fake: () => new FakeOpenAi(),
  seed: ({ home, project, url }) => {
    write(
      path.join(home, '.codex/config.toml'),
      `model = "gpt-5.2-codex"
model_provider = "loopback"
approval_policy = "on-request"

[model_providers.loopback]
name = "loopback"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "OPENAI_API_KEY"

[projects."${project}"]
trust_level = "trusted"
`,
    );
    return { OPENAI_API_KEY: 'loopback' };
  },
  tells: always,
  learnsId: true,
};

const gemini: RealAgent = {
  name: 'gemini',
  sometimes: /^\.gemini\/(installation_id|tmp\/[^/]+\/)/,
  records: /^\.gemini\/tmp\/[^/]+\/chats\//,
  arguments: [],
  approve: '\r',
  asks: true,
  harmless: /^$/,
  ownPrice: null,
  tool: /./,
  screen: {
    prompt: /Type your message/,
    working: /esc to cancel, \d/,
    asking: /Allow execution of/,
  },
  fake: () => new FakeGemini(),
  seed: ({ home, url }) => {
    writeJson(path.join(home, '.gemini/settings.json'), {
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
    });
    return { GEMINI_API_KEY: 'loopback', GOOGLE_GEMINI_BASE_URL: url };
  },
  tells: always,
  learnsId: false,
};

const opencode: RealAgent = {
  name: 'opencode',
  sometimes:
    /^(\.npm\/|\.cache\/|\.config\/opencode\/(node_modules\/|package|\.gitignore)|\.local\/(share|state)\/opencode\/(snapshot|locks|log|repos|tool-output)\/)/,
  records: /^\.local\/share\/opencode\/(opencode\.db|log\/)/,
  arguments: [],
  approve: '\r',
  asks: true,
  harmless: /^$/,
  ownPrice: null,
  tool: /^bash$/,
  screen: { prompt: /ctrl\+p commands/, working: /esc interrupt/, asking: /Permission required/ },
  fake: () => new FakeOpenAi(),
  seed: ({ home, url }) => {
    const model = { name: 'Loopback', limit: { context: 200_000, output: 8_000 } };
    writeJson(path.join(home, '.config/opencode/opencode.json'), {
      model: 'loopback/gpt-5.2',
      provider: {
        loopback: {
          npm: '@ai-sdk/openai-compatible',
          name: 'Loopback',
          options: { baseURL: `${url}/v1`, apiKey: 'loopback' },
          models: { 'gpt-5.2': model },
        },
      },
      permission: { bash: 'ask', edit: 'ask' },
    });
    return {
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    };
  },
  // What its helper for titles costs, opencode tells nobody.
  tells: ({ side }) => !side,
  learnsId: true,
};

const qwen: RealAgent = {
  name: 'qwen',
  sometimes: /^\.qwen\/(sessions|tmp|logs|debug)\//,
  records: /^\.qwen\/projects\//,
  arguments: [],
  approve: '\r',
  asks: true,
  harmless: /^$/,
  ownPrice: { model: 'qwen3-coder-plus', input: 1, output: 5, cacheRead: 0.1 },
  tool: /^run_shell_command$/,
  screen: {
    prompt: /Type your message/,
    working: /esc to cancel/,
    asking: /Allow execution of/,
  },
  fake: () => new FakeOpenAi(),
  seed: ({ home, url }) => {
    writeJson(path.join(home, '.qwen/settings.json'), {
      security: { auth: { selectedType: 'openai' } },
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
      tools: { approvalMode: 'default' },
      memory: { enableManagedAutoMemory: false },
    });
    return { OPENAI_API_KEY: 'loopback', OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'qwen3-coder-plus' };
  },
  tells: always,
  learnsId: false,
};

const copilot: RealAgent = {
  name: 'copilot',
  sometimes: /^\.(cache\/(copilot|Microsoft)|copilot\/(logs|session-state|sidebar-sessions-state))\//,
  records: /^\.copilot\/(session-state\/|logs\/|session-store)/,
  arguments: [],
  approve: '\r',
  asks: true,
  harmless: /^$/,
  ownPrice: null,
  tool: /^/,
  screen: {
    prompt: /\/ commands · \? help/,
    working: /Working .*interrupt/,
    asking: /Do you want to run this command/,
  },
  fake: () => new FakeOpenAi(),
  seed: ({ home, project, url }) => {
    writeJson(path.join(home, '.copilot/config.json'), { trustedFolders: [project] });
    return {
      COPILOT_OFFLINE: 'true',
      COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
      COPILOT_PROVIDER_API_KEY: 'loopback',
      COPILOT_MODEL: 'gpt-5.2',
    };
  },
  tells: always,
  learnsId: false,
};

const pi: RealAgent = {
  name: 'pi',
  sometimes: /^\.pi\/agent\/auth\.json/,
  records: /^\.pi\/agent\/sessions\//,
  arguments: [],
  approve: '\r',
  asks: false,
  harmless: /^$/,
  ownPrice: null,
  tool: /^/,
  screen: { prompt: /%\/200k/, working: /[\u2800-\u28ff] Working/, asking: /navigate .*select .*cancel/ },
  // Of the others' API it does not tell the reasoning.
  fake: () => new FakeAnthropic(),
  seed: ({ home, url }) => {
    const model = { id: 'claude-sonnet-4-5', contextWindow: 200_000, maxTokens: 8_000 };
    const loopback = { baseUrl: url, api: 'anthropic-messages', apiKey: 'loopback', models: [model] };
    writeJson(path.join(home, '.pi/agent/models.json'), { providers: { loopback } });
    writeJson(path.join(home, '.pi/agent/settings.json'), {
      defaultProvider: 'loopback',
      defaultModel: model.id,
    });
    return { PI_OFFLINE: '1' };
  },
  tells: always,
  learnsId: true,
};

export const realAgents: Readonly<Record<AgentName, RealAgent>> = {
  ...{ claude, codex, gemini, opencode, qwen },
  ...{ copilot, pi },
};
