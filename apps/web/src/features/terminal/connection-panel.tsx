// About this connection: how far the stream is, how fast, who looks; and the proof that the screen is right.
import { useEffect, useState } from 'react';
import { underBase } from '../../lib/base-path.js';
import { t } from '../../lib/i18n/t.js';
import { formatBytes } from '../../lib/format.js';
import { SelfTest } from './self-test-view.js';
import type { TerminalController } from './terminal-controller.js';
import type { TerminalState } from './terminal-state.js';
import type { StreamStats } from './terminal-stream.js';
import { ToolPanel } from './tool-panel.js';

export interface ConnectionPanelProps {
  terminal: TerminalController;
  state: TerminalState;
  me: string | undefined;
  onClose: () => void;
}

/** How often the numbers are read. */
const READ_EVERY_MS = 1000;
/** Longest wait for the hub's answer. */
const PING_TIMEOUT_MS = 5000;

export function ConnectionPanel({ terminal, state, me, onClose }: ConnectionPanelProps) {
  const { stats, rate } = useStats(terminal);
  const pingMs = usePing();
  const renderer = terminal.host.renderer;
  const bytes = (n: number): string => t('terminal.aboutByte', { n: grouped.format(n) });
  const rows: readonly (readonly [string, string])[] = [
    [t('terminal.aboutHub'), pingMs === null ? '—' : t('terminal.aboutHubValue', { ms: whole(pingMs) })],
    [
      t('terminal.aboutKey'),
      state.echoMs === null ? '—' : t('terminal.aboutKeyValue', { ms: whole(state.echoMs) }),
    ],
    [
      t('terminal.aboutRate'),
      t('terminal.aboutRateValue', { rate: formatBytes(rate), total: formatBytes(stats.totalBytes) }),
    ],
    [t('terminal.aboutReceived'), bytes(stats.received)],
    [t('terminal.aboutParsed'), bytes(stats.parsed)],
    [t('terminal.aboutHead'), bytes(stats.head)],
    [
      t('terminal.aboutWindow'),
      t('terminal.aboutWindowValue', {
        used: formatBytes(stats.inFlight),
        size: formatBytes(stats.windowBytes),
      }),
    ],
    [
      t('terminal.aboutEpoch'),
      t('terminal.aboutEpochValue', {
        epoch: state.epoch ?? '—',
        attaches: stats.attaches,
        snapshots: stats.snapshots,
        faults: stats.faults,
      }),
    ],
    [
      t('terminal.aboutRenderer'),
      `${t(renderer === 'webgl' ? 'terminal.aboutRenderer.webgl' : 'terminal.aboutRenderer.dom')} · ${t(
        'terminal.aboutSize',
        { cols: state.cols, rows: state.rows, px: terminal.host.fontSize },
      )}`,
    ],
    [t('terminal.aboutViewers'), viewersOf(state, me)],
  ];
  return (
    <ToolPanel title={t('terminal.about')} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-12">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-text-3">{name}</dt>
            <dd className="nums min-w-0 text-right break-words text-text-2">{value}</dd>
          </div>
        ))}
      </dl>
      <SelfTest terminal={terminal} />
    </ToolPanel>
  );
}

const grouped = new Intl.NumberFormat('en-US');
const whole = (ms: number): number => Math.max(1, Math.round(ms));

function viewersOf({ viewers, viewerId, controller }: TerminalState, me: string | undefined): string {
  const told = viewers.map(({ id, user }) => {
    const name = id === viewerId ? t('terminal.aboutYou', { user: me ?? user }) : user;
    return id === controller?.id ? `${name} · ${t('terminal.aboutTypes')}` : name;
  });
  return told.length === 0 ? '—' : told.join(', ');
}

function useStats(terminal: TerminalController): { stats: StreamStats; rate: number } {
  const [seen, setSeen] = useState(() => ({ stats: terminal.stream.stats(), rate: 0 }));
  useEffect(() => {
    let before = { bytes: terminal.stream.stats().totalBytes, at: performance.now() };
    const timer = setInterval(() => {
      const stats = terminal.stream.stats();
      const now = performance.now();
      const rate = ((stats.totalBytes - before.bytes) * 1000) / Math.max(1, now - before.at);
      before = { bytes: stats.totalBytes, at: now };
      setSeen({ stats, rate: Math.round(rate) });
    }, READ_EVERY_MS);
    return () => clearInterval(timer);
  }, [terminal]);
  return seen;
}

/** Round trip to the hub in milliseconds, measured now and then while the panel is open. */
function usePing(): number | null {
  const [ms, setMs] = useState<number | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const ping = async (): Promise<void> => {
      const from = performance.now();
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(PING_TIMEOUT_MS)]);
      try {
        await fetch(underBase('/healthz'), { method: 'HEAD', cache: 'no-store', signal });
        setMs(performance.now() - from);
      } catch {
        if (!abort.signal.aborted) setMs(null);
      }
    };
    void ping();
    const timer = setInterval(() => void ping(), 2 * READ_EVERY_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, []);
  return ms;
}
