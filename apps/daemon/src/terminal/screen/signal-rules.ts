// What a screen's thread is told to recognise: patterns alone; what they mean is known to those who asked. Plain data.

/** Parts of an ask, each the first group of its pattern, or all of it. */
export interface AskPatterns {
  readonly tool?: string | undefined;
  readonly command?: string | undefined;
  readonly file?: string | undefined;
  readonly text?: string | undefined;
}

interface AnyRule {
  /** Told back with what it found. */
  readonly id: number;
  readonly flags: string;
  readonly ask: AskPatterns;
}

export type SignalRule = AnyRule &
  (
    | { readonly from: 'title'; readonly match: string }
    | {
        readonly from: 'screen';
        readonly match: string;
        /** Rows from the last that has something in it. */
        readonly lines: number;
      }
    | {
        readonly from: 'osc';
        readonly code: number;
        readonly match: string | null;
        /** Fields of the sequence, as in `state=blocked:kind=permission`. */
        readonly where: Readonly<Record<string, string>>;
      }
  );

/** The rules of one agent; of each source the first that matches counts. */
export interface SignalRules {
  /** Told back with each reading, so that one of earlier rules is known as such. */
  readonly version: number;
  readonly rules: readonly SignalRule[];
}

export type FoundAsk = { readonly [K in keyof AskPatterns]: string };

/** What a rule found: what is visible now (null: none of the rules), or a sequence that was printed once. */
export interface SignalReading {
  readonly source: 'title' | 'screen' | 'osc';
  readonly version: number;
  readonly id: number | null;
  /** The title, what the pattern matched on the screen, or the sequence's text. */
  readonly text: string;
  readonly ask: FoundAsk;
}

/** `state=blocked:kind=permission` and the like, as fields. */
export function oscFields(payload: string): Record<string, string> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const part of payload.split(/[:;]/u)) {
    const at = part.indexOf('=');
    if (at > 0) fields[part.slice(0, at)] = part.slice(at + 1);
  }
  return fields;
}
