// For the tests of this folder: a program that treats hooks, settings and status line as Claude Code does, and its home.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `<agent> [--settings file] [--plugin-dir directory]`: hooks of the user, the file and the plugin run side by side, the
 * status line of the file counts.
 * Each line that is typed is a turn that asks first; `/exit` ends it.
 */
const script = `
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { createInterface } = require('node:readline');
const read = (file) => { try { return JSON.parse(readFileSync(file, 'utf8')); } catch { return {}; } };
const at = process.argv.indexOf('--settings');
const sources = [read(process.env.HOME + '/.claude/settings.json')];
if (at > 0) sources.push(JSON.parse(readFileSync(process.argv[at + 1], 'utf8')));
const plugin = process.argv.indexOf('--plugin-dir');
if (plugin > 0) sources.push(read(process.argv[plugin + 1] + '/hooks.json'));
if (process.env.QWEN_CODE_SYSTEM_DEFAULTS_PATH) sources.push(read(process.env.QWEN_CODE_SYSTEM_DEFAULTS_PATH));
const run = (command, input) => new Promise((done) => {
  const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let out = '', err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  child.on('close', (code) => done({ code, out, err }));
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(input));
});
const base = { session_id: process.env.FAKE_SESSION_ID || 'conversation', cwd: process.cwd() };
const hook = async (hook_event_name, more = {}) => {
  const entries = sources.flatMap(({ hooks = {} }) => hooks[hook_event_name] || []);
  const commands = entries.flatMap(({ hooks }) => hooks.map(({ command }) => command));
  for (const { code, out, err } of await Promise.all(commands.map((each) => run(each, { ...base, hook_event_name, ...more }))))
    if (code !== 0 || err !== '') console.log('HOOK ERROR ' + hook_event_name + ' ' + code + ' ' + err);
};
const status = async (n) => {
  const line = sources.map(({ statusLine }) => statusLine).filter(Boolean).pop();
  if (!line) return;
  const { out } = await run(line.command, { ...base, n, cost: { total_cost_usd: 0.5 } });
  console.log('STATUS[' + out.trim() + ']');
};
(async () => {
  await hook('SessionStart', { source: 'startup' });
  await status(0);
  console.log('READY');
  const lines = createInterface({ input: process.stdin });
  let asks = false, n = 0;
  for await (const line of lines) {
    if (line === '/exit') break;
    n += 1;
    if (asks) await hook('PostToolUse', { tool_name: 'Bash' }), await hook('Stop');
    else await hook('UserPromptSubmit', { prompt: line }), await hook('PreToolUse', { tool_name: 'Bash' }),
      await hook('PermissionRequest', { tool_name: 'Bash', tool_input: { command: line } });
    asks = !asks;
    await status(n);
    console.log('TURN ' + n);
  }
  await hook('SessionEnd', { reason: 'exit' });
  process.exit(0);
})();
`;

/** Puts it into a directory of programs under each of these names. */
export function installFakeAgent(directory: string, names: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'fake-agent.cjs'), script);
  for (const name of names) {
    const program = join(directory, name);
    const start = `#!/bin/sh\nexec "${process.execPath}" "${join(directory, 'fake-agent.cjs')}" "$@"\n`;
    writeFileSync(program, start);
    chmodSync(program, 0o755);
  }
}

/** Everything under a directory: path, kind, mode, size, time, content. */
export function snapshotOf(root: string): string[] {
  const seen: string[] = [];
  const visit = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const at = join(path, name);
      const found = lstatSync(at);
      const content = found.isFile() ? createHash('sha256').update(readFileSync(at)).digest('hex') : '-';
      const { mode, size, mtimeMs, uid } = found;
      seen.push([at.slice(root.length), mode.toString(8), size, mtimeMs, uid, content].join(' '));
      if (found.isDirectory()) visit(at);
    }
  };
  visit(root);
  return seen;
}
