// A profile and a request become the exact program, arguments and environment of a session. Pure.
import { inheritedEnvironment, type Environment } from './environment.js';
import type { ResolvedChoice } from './options.js';
import { expand, expandedEnv, type PlaceholderValues } from './placeholders.js';
import { compilePattern } from './patterns.js';
import { passthroughNames, type Profile } from './profile.js';

/** Where the session's own files are, for placeholders. */
export type SessionPlaces = Pick<PlaceholderValues, 'overlayDir' | 'dropDir' | 'relay'>;

export interface SpawnRequest extends SessionPlaces {
  readonly mode: 'new' | 'resume';
  readonly cwd: string;
  /** First prompt; given to a new session only as an argument of its own, never as part of a script. */
  readonly task?: string | null;
  readonly sessionId: string;
  /** The agent's own conversation: the id to start it with, or to resume it by. */
  readonly conversationId?: string | null;
  /** `http://127.0.0.1:<port>/s/<secret of the session>`; null when the receiver is off. */
  readonly otlpEndpoint: string | null;
  readonly otlpPort: number | null;
  readonly tmpDir: string;
  /** Variables of the private overlay; they win over the profile. */
  readonly extraEnv?: Readonly<Record<string, string>>;
  /** Words of the private overlay; before those of the choice, and before the task. */
  readonly extraArgs?: readonly string[];
  /** What a person chose, as `resolveChoice` has it. */
  readonly choice?: Omit<ResolvedChoice, 'faults' | 'bypass'>;
  /** How to resume: this conversation, whatever was last, or a new one that goes on from it. Default: exact. */
  readonly resume?: 'exact' | 'last' | 'fork';
}

export interface ResolvedSpawn {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The command as one would type it, for people. Never run. */
  readonly display: string;
  /** Text that the caller has to type into the agent once it is ready; null when there is none. */
  readonly typeTask: string | null;
  /** File that the sidecar command writes; null when the profile has none. */
  readonly sidecarFile: string | null;
  /** For a person: what of the request could not be done. */
  readonly warnings: readonly string[];
}

/** The complete answer to "what will run". Never throws; does not look at the machine. */
export function resolveSpawn(profile: Profile, request: SpawnRequest, base: Environment): ResolvedSpawn {
  const conversationId = believableId(profile, request.conversationId ?? null);
  const { model = null, permissionMode = null } = request.choice ?? {};
  const values = { ...request, conversationId, model, permissionMode };
  const own = commandOf(profile, values);
  const added = [...(request.extraArgs ?? []), ...(request.choice?.args ?? [])];
  const command = takesArguments(own) ? [...own, ...added] : own;
  const task = cleanTask(request.task);
  const argv = [...command, ...taskWords(profile, task, command)];
  const sidecarFile = sidecarPath(profile, values);
  return {
    argv,
    env: environmentOf(profile, { request, values, base, sidecarFile }),
    cwd: request.cwd,
    display: shellLine(argv),
    typeTask: task !== null && profile.task === 'stdin' ? task : null,
    sidecarFile,
    warnings: command.length < own.length + added.length ? [SCRIPT_WARNING] : [],
  };
}

/** The task as the last word, behind the option that the agent wants for it. */
function taskWords(
  { task: how, task_args: option = [] }: Profile,
  task: string | null,
  command: readonly string[],
): string[] {
  const given = task !== null && how === 'argument' && takesArguments(command);
  return given ? [...option, guarded(task)] : [];
}

const SCRIPT_WARNING =
  'The command is a script that takes no further words: options and hooks do not reach the agent';

/** An id that does not look like one of this agent's is none: it never reaches a command line. */
function believableId({ conversation_id: shape }: Profile, id: string | null): string | null {
  if (id === null || id === '' || id.startsWith('-')) return null;
  if (shape === undefined) return id;
  const compiled = compilePattern(shape, '');
  return 'pattern' in compiled && compiled.pattern.test(id) ? id : null;
}

interface CommandValues extends PlaceholderValues {
  readonly mode: 'new' | 'resume';
  readonly resume?: 'exact' | 'last' | 'fork';
}

function commandOf(profile: Profile, values: CommandValues): string[] {
  const known = values.conversationId !== null;
  const start = known ? [...profile.commands.new, ...(profile.session_id ?? [])] : profile.commands.new;
  const words =
    values.mode === 'resume' ? resumeCommand(profile, known ? (values.resume ?? 'exact') : 'last') : start;
  return words.map((word) => expand(word, values));
}

function resumeCommand(profile: Profile, how: 'exact' | 'last' | 'fork'): readonly string[] {
  const { resume_by_id: byId = [], resume_last: last = [], fork = [], commands } = profile;
  const exact = how === 'fork' ? fork : how === 'exact' ? byId : [];
  if (exact.length > 0) return exact;
  return last.length > 0 ? last : commands.resume;
}

/** The commands with their placeholders, for a preview where no session exists yet. */
export function profileCommands(profile: Profile): { new: string[]; resume: string[] } {
  return {
    new: [...profile.commands.new, ...(profile.session_id ?? [])],
    resume: [...profile.commands.resume],
  };
}

export interface Preview {
  readonly command: readonly string[];
  readonly task?: string | null;
  readonly takesTask: boolean;
  /** Words that stand before the task. */
  readonly taskArgs?: readonly string[];
}

/** The line "will run" of a command of `profileCommands`, with the task where it will stand. */
export function previewLine({ command, task, takesTask, taskArgs = [] }: Preview): string {
  const text = cleanTask(task);
  const given = text !== null && takesTask && takesArguments(command);
  return shellLine(given ? [...command, ...taskArgs, guarded(text)] : command);
}

const SHELL = /(^|\/)(ba|da|z|k|fi)?sh$/;

/**
 * `bash -c script` takes further words as $0, $1, …: only with a $0 of its own can the task follow, and the
 * script sees it as "$@", as data.
 */
function takesArguments([program = '', ...rest]: readonly string[]): boolean {
  const script = SHELL.test(program) ? rest.findIndex((word) => /^-[a-z]*c$/.test(word)) : -1;
  return script < 0 || rest.length > script + 2;
}

function cleanTask(task: string | null | undefined): string | null {
  const text = (task ?? '').replaceAll('\0', '').trim();
  return text === '' ? null : text;
}

/** A prompt that looks like an option or a subcommand would be taken for one; a space in front prevents it. */
const guarded = (task: string): string => (/^-|^[\w.:-]+$/.test(task) ? ` ${task}` : task);

function sidecarPath(profile: Profile, values: PlaceholderValues): string | null {
  if (profile.sidecar?.prompt_command === undefined) return null;
  return expand(profile.sidecar.file_pattern ?? '{tmpdir}/.agent-telemetry-{agent_id}', values);
}

interface EnvironmentParts {
  readonly request: SpawnRequest;
  readonly values: PlaceholderValues;
  readonly base: Environment;
  readonly sidecarFile: string | null;
}

function environmentOf(
  profile: Profile,
  { request, values, base, sidecarFile }: EnvironmentParts,
): Record<string, string> {
  const { choice } = request;
  const chosen: Record<string, string> = {
    ...inheritedEnvironment(base, [...passthroughNames(profile), ...(choice?.envNames ?? [])]),
    ...expandedEnv(profile.env, values),
    ...request.extraEnv,
    ...choice?.env,
  };
  const refused = new Set(choice?.withoutEnv);
  const env: Record<string, string> = {
    ...Object.fromEntries(Object.entries(chosen).filter(([name]) => !refused.has(name))),
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    ROUNDHOUSE_SESSION: request.sessionId,
  };
  env['OTEL_RESOURCE_ATTRIBUTES'] = resourceAttributes(env['OTEL_RESOURCE_ATTRIBUTES'], request.sessionId);
  const told = profile.telemetry?.otlp !== false;
  if (request.otlpEndpoint !== null && told) env['OTEL_EXPORTER_OTLP_ENDPOINT'] = request.otlpEndpoint;
  if (sidecarFile !== null && profile.sidecar?.prompt_command !== undefined) {
    env['ROUNDHOUSE_SIDECAR'] = sidecarFile;
    env['PROMPT_COMMAND'] = `{ ${profile.sidecar.prompt_command}\n} >"$ROUNDHOUSE_SIDECAR" 2>/dev/null`;
  }
  return env;
}

/** One value with a space makes exporters drop the whole list, so none is let through. */
function resourceAttributes(own: string | undefined, sessionId: string): string {
  const kept = (own ?? '')
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !pair.startsWith('roundhouse.session='))
    .map((pair) => pair.replace(/\s/g, '%20'));
  return [...kept, `roundhouse.session=${encodeURIComponent(sessionId)}`].join(',');
}

/** Quotes for reading and pasting into a POSIX shell. */
export function shellLine(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
