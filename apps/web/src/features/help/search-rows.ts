// Rows of the help: what they are, and how one is found. Pure.

export const helpTopics = ['errors', 'sessions', 'page'] as const;
export type HelpTopic = (typeof helpTopics)[number];

export interface HelpRow {
  readonly code: string;
  readonly topic: HelpTopic;
  readonly title: string;
  readonly cure: string;
  /** HTTP status; null for what is no answer. */
  readonly status: number | null;
  readonly retryable: boolean;
}

/** Every word must stand in it somewhere; a code is found by its words, too. */
export function searchRows(rows: readonly HelpRow[], text: string): HelpRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ code, title, cure }) => {
    const all = `${code} ${code.replaceAll('_', ' ')} ${title} ${cure}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** The code that an address names, however it is written; null when this version knows none like it. */
export const codeOfHash = (rows: readonly HelpRow[], hash: string): string | null =>
  rows.find(({ code }) => code === hash.toUpperCase())?.code ?? null;
