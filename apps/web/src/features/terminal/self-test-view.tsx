// The button of the self-test and its verdict.
import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { snapshotScrollbackLines } from '@roundhouse/protocol';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { ErrorNote } from '../../ui/error-note.js';
import { toast } from '../../ui/toast.js';
import { selfTest, type Difference, type Verdict } from './self-test.js';
import type { TerminalController } from './terminal-controller.js';

type Result = { kind: 'none' } | { kind: 'done'; verdict: Verdict } | { kind: 'failed'; error: unknown };

/** Rows that are told by number. */
const ROWS_TOLD = 8;

export function SelfTest({ terminal }: { terminal: TerminalController }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Result>({ kind: 'none' });
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      setResult({
        kind: 'done',
        verdict: await selfTest(terminal.stream, () => terminal.host.grid()),
      });
    } catch (error) {
      setResult({ kind: 'failed', error });
    } finally {
      setBusy(false);
    }
  };
  const resync = async (): Promise<void> => {
    setBusy(true);
    try {
      await terminal.stream.history(snapshotScrollbackLines);
      toast.done(t('terminal.resynced'));
      setResult({ kind: 'none' });
    } catch (error) {
      setResult({ kind: 'failed', error });
    } finally {
      setBusy(false);
    }
  };
  const differs = result.kind === 'done' && !result.verdict.same;
  return (
    <section className="grid gap-2 border-t border-line pt-3 text-12">
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 text-text-3">{t('terminal.testHint')}</p>
        <Button size="sm" busy={busy} onClick={() => void run()}>
          {t('terminal.testRun')}
        </Button>
      </div>
      <div role="status" data-self-test="" className="grid gap-2 empty:hidden">
        {result.kind === 'done' && <Told verdict={result.verdict} />}
        {result.kind === 'failed' && <ErrorNote error={result.error} />}
      </div>
      {differs && (
        <Button size="sm" busy={busy} onClick={() => void resync()}>
          {t('terminal.resync')}
        </Button>
      )}
    </section>
  );
}

function Told({ verdict }: { verdict: Verdict }) {
  const offset = new Intl.NumberFormat('en-US').format(verdict.offset);
  return (
    <p className="flex items-start gap-2 [&>svg]:mt-0.5 [&>svg]:size-3.5 [&>svg]:shrink-0">
      {verdict.same ? (
        <CircleCheck className="text-ok" aria-hidden="true" />
      ) : (
        <CircleX className="text-danger" aria-hidden="true" />
      )}
      <span className="nums min-w-0">
        {verdict.same ? t('terminal.testSame', { offset }) : t('terminal.testDiffers', { offset })}
        {!verdict.same && <span className="block text-text-3">{differenceWords(verdict.difference)}</span>}
      </span>
    </p>
  );
}

function differenceWords({ rows, cursor, size, buffer }: Difference): string {
  const told = rows.slice(0, ROWS_TOLD).join(', ') + (rows.length > ROWS_TOLD ? ', …' : '');
  return [
    ...(size ? [t('terminal.testSize')] : []),
    ...(buffer ? [t('terminal.testBuffer')] : []),
    ...(cursor ? [t('terminal.testCursor')] : []),
    ...(rows.length > 0 ? [t('terminal.testRows', { rows: told })] : []),
  ].join(' · ');
}
