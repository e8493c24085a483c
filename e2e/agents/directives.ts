// What a test's prompt makes a fake model do. Directives stand in the prompt itself, so a fake needs no state:
//   {{say: text}}     words of the answer            {{slow: 10x150}}     ten words, 150 ms apart
//   {{bash: ls}}      a call of the shell tool       {{ask: touch x}}     the same, asking for approval where a model can
//   {{write: p|text}} a call of the write tool       {{error: 529}}       an answer with that status
//   {{usage: in=1 out=2 cr=3 cw=4 think=1}}          what each turn of this prompt is said to have used
// They are done in their order. A turn ends with a tool call, or with the last directive.

export interface ToolStep {
  readonly kind: 'bash' | 'write';
  readonly ask: boolean;
  /** The command, or the path of the file. */
  readonly text: string;
  readonly content: string;
}

/** Fields that a prompt sets; the others differ from call to call. */
export interface StatedUsage {
  readonly in?: number;
  readonly out?: number;
  readonly cr?: number;
  readonly cw?: number;
  readonly think?: number;
}

export interface Turn {
  readonly words: readonly string[];
  /** Between two words. */
  readonly pauseMs: number;
  readonly tool: ToolStep | null;
  readonly error: number | null;
  readonly usage: StatedUsage;
}

const directive = /\{\{\s*(say|slow|bash|ask|write|usage|error)\s*:\s*([\s\S]*?)\}\}/g;
const defaultPauseMs = 15;
/** Said when a prompt has no words for a turn. */
const spoken = 'Signal box nine reports all clear.';

/** The turn that follows after `done` tool calls of the prompt. */
export function turnOf(prompt: string, done: number): Turn {
  let usage: Record<string, number> = {};
  let error: number | null = null;
  const turns: { words: string[]; pauseMs: number; tool: ToolStep | null }[] = [];
  let turn = { words: [] as string[], pauseMs: defaultPauseMs, tool: null as ToolStep | null };
  for (const [, kind = '', raw = ''] of prompt.matchAll(directive)) {
    const text = raw.trim();
    if (kind === 'usage') usage = { ...usage, ...counts(text) };
    else if (kind === 'error') error = Number(text) || 500;
    else if (kind === 'say') turn.words.push(...words(text));
    else if (kind === 'slow') {
      const [count = 20, pauseMs = 150] = text.split('x').map(Number);
      turn.words.push(...Array.from({ length: count }, (_, n) => `word${String(n + 1)} `));
      turn.pauseMs = pauseMs;
    } else {
      turns.push({ ...turn, tool: toolStep(kind, text) });
      turn = { words: [], pauseMs: defaultPauseMs, tool: null };
    }
  }
  turns.push(turn);
  const now = turns[Math.min(done, turns.length - 1)] ?? turn;
  return { ...now, words: now.words.length > 0 ? now.words : words(spoken), error, usage };
}

function toolStep(kind: string, text: string): ToolStep {
  if (kind !== 'write') return { kind: 'bash', ask: kind === 'ask', text, content: '' };
  const [file = '', ...rest] = text.split('|');
  return { kind: 'write', ask: false, text: file.trim(), content: rest.join('|') };
}

const words = (text: string): string[] => (text.match(/\S+\s*/g) ?? [text]).map((word) => `${word.trim()} `);

const counts = (text: string): Record<string, number> =>
  Object.fromEntries(
    [...text.matchAll(/(\w+)=(\d+)/g)].map(([, key = '', value = '']) => [key, Number(value)]),
  );
