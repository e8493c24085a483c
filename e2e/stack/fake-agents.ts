// Programs in the place of agents: each prints the scene of the project that it runs in and then keeps a line moving.
// For pictures and for tests of what cards show; nothing of a real agent is imitated but its look.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const esc = '\u001b[';
const colours: Readonly<Record<string, string>> = {
  ...{ d: '90', r: '31', g: '32', y: '33', b: '34', m: '35', c: '36', B: '1' },
};
/** `{g ok}` is green; `{B bold}` is bold. */
const paint = (line: string): string =>
  line.replace(
    /\{(\w) ([^}]*)\}/g,
    (_, key: string, text: string) => `${esc}${colours[key] ?? '0'}m${text}${esc}0m`,
  );

export interface Scene {
  /** What the agent calls itself. */
  readonly title: string;
  readonly lines: readonly string[];
  /** Faces of the last line, one after the other; empty when the scene stands still. */
  readonly moving: readonly string[];
  /** Exits with this code after its lines. */
  readonly exit?: number;
}

/** One program under each name, in a directory for PATH. Scenes go by the name of the directory that it starts in. */
export function installFakeAgents(
  bin: string,
  names: readonly string[],
  scenes: Readonly<Record<string, Scene>>,
): void {
  const dir = path.join(bin, 'scenes');
  mkdirSync(dir, { recursive: true });
  for (const [project, { title, lines, moving, exit }] of Object.entries(scenes)) {
    const text = `${esc}2J${esc}H\u001b]0;${title}\u0007${lines.map(paint).join('\r\n')}\r\n`;
    writeFileSync(path.join(dir, project), text);
    writeFileSync(path.join(dir, `${project}.moving`), moving.map((face) => `${paint(face)}\n`).join(''));
    if (exit !== undefined) writeFileSync(path.join(dir, `${project}.exit`), String(exit));
  }
  for (const name of names) writeFileSync(path.join(bin, name), program(dir), { mode: 0o755 });
}

/** Waits by reading, so that it starts no process for it; what is typed is swallowed. */
const program = (dir: string): string => `#!/bin/bash
case "$1" in --version | -v | -V) echo 1.0.0; exit ;; esac
scene="${dir}/$(basename "$PWD")"
stty -echo 2>/dev/null
cat "$scene"
[ -f "$scene.exit" ] && exit "$(cat "$scene.exit")"
mapfile -t faces < "$scene.moving"
at=0
while true; do
  [ \${#faces[@]} -gt 0 ] && printf '\\r\\033[K%s' "\${faces[at % \${#faces[@]}]}"
  at=$((at + 1))
  read -rs -n 1 -t 0.4 key || [ $? -gt 128 ] || exit 0
done
`;
