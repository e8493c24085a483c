// A hub process on a free port with a state directory of its own, that can be killed and started again.
import { Program, type End } from './program.js';
import { hubEntry, hubFlags, isUnderTest } from './paths.js';
import { Rest } from './rest.js';

export interface HubSettings {
  readonly stateDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another program than the product's: one of `scripts/`. */
  readonly entry?: string;
  readonly args?: readonly string[];
}

export const admin = { username: 'ada', password: 'quartz-lantern-otter-19' } as const;

export class HubProcess {
  readonly #programs: Program[] = [];
  #port = 0;
  #entry: string;
  url = '';

  constructor(private readonly settings: HubSettings) {
    this.#entry = settings.entry ?? hubEntry;
  }

  get program(): Program {
    const program = this.#programs.at(-1);
    if (!program) throw new Error('the hub was not started');
    return program;
  }

  /** What all its lives have said. */
  get log(): string[] {
    return this.#programs.flatMap(({ lines }) => lines);
  }

  get stateDir(): string {
    return this.settings.stateDir;
  }

  /**
   * Resolves at the ready line. A later start takes the port of the first one. `build`: another program than the last
   * time, from now on.
   */
  async start(env: Readonly<Record<string, string>> = {}, build?: string): Promise<void> {
    const { stateDir, args = [], env: always = {} } = this.settings;
    this.#entry = build ?? this.#entry;
    const entry = this.#entry;
    const program = new Program({
      name: 'hub',
      args: [...hubFlags, entry, ...args],
      env: { ROUNDHOUSE_PORT: String(this.#port), ROUNDHOUSE_STATE_DIR: stateDir, ...always, ...env },
      ipc: isUnderTest(entry),
    });
    this.#programs.push(program);
    this.url = await program.line('Roundhouse is ready: ');
    this.#port = Number(new URL(this.url).port);
  }

  kill9(): Promise<End> {
    return this.program.kill('SIGKILL');
  }

  async stop(): Promise<End | null> {
    return (await this.#programs.at(-1)?.stop()) ?? null;
  }

  setupLink(): Promise<string> {
    return this.program.line('Setup link: ');
  }

  /** Makes the administrator. @returns a client with their cookie */
  async setUp(): Promise<Rest> {
    const link = await this.setupLink();
    const token = new URL(link).hash.replace('#token=', '');
    const rest = new Rest(this.url);
    const answer = await rest.call('POST', 'setup', { token, ...admin });
    if (answer.status !== 201) throw new Error(`Setup was refused: ${JSON.stringify(answer.body)}`);
    rest.credential = { cookie: cookieOf(answer.headers) };
    return rest;
  }
}

/** The `name=value` of a Set-Cookie header. */
const cookieOf = (headers: Headers): string => headers.getSetCookie()[0]?.split(';')[0] ?? '';
