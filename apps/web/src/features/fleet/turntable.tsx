// The turntable: one stall per session, an arc per host, filled as far as the context is used. What waits for someone
// is longer and solid, and its number stands in the middle.
import type { Session } from '@roundhouse/protocol';
import { t, tn } from '../../lib/i18n/t.js';
import { sessionStatus, type StatusKind } from '../../lib/status.js';
import { statusWord } from '../../ui/state-glyph.js';
import type { HostGroup } from './fleet-order.js';
import { arc, fillRadius, layOut, radii, ringPart, type Place } from './turntable-layout.js';

const bad: readonly StatusKind[] = ['crashed', 'failed', 'lost', 'error'];
const busy: readonly StatusKind[] = ['working', 'running', 'starting'];

/** Kinds with their numbers, most urgent first, for the text alternative. */
function kindsOf(sessions: readonly Session[]): string {
  const counts = new Map<StatusKind, number>();
  for (const each of sessions) counts.set(sessionStatus(each), (counts.get(sessionStatus(each)) ?? 0) + 1);
  return [...counts].map(([kind, n]) => `${n} ${statusWord(kind).toLowerCase()}`).join(', ');
}

function alternative(groups: readonly HostGroup[], waiting: number): string {
  const used = groups.filter(({ current }) => current.length > 0);
  if (used.length === 0) return t('fleet.turntableNone');
  const hosts = used
    .map(({ host, current }) => t('fleet.turntableHost', { name: host.name, kinds: kindsOf(current) }))
    .join('; ');
  return t('fleet.turntableAlt', { waiting, hosts });
}

function Turntable({ groups }: { groups: readonly HostGroup[] }) {
  const { groups: places, empty } = layOut(groups.map(({ current }) => current.length));
  const waiting = groups.reduce(
    (sum, { current }) => sum + current.filter((each) => sessionStatus(each) === 'waiting').length,
    0,
  );
  return (
    <svg
      viewBox="0 0 200 200"
      className="size-[152px]"
      role="img"
      aria-label={alternative(groups, waiting)}
      fill="none"
    >
      {empty.map((place) => (
        <path key={place.from} d={ringPart(place, radii.inner, radii.outer)} fill="var(--line)" />
      ))}
      {groups.map(({ host, current }, g) => (
        <g key={host.id}>
          <path d={arc(places[g] ?? [], radii.arc)} stroke="var(--line-input)" strokeWidth="1.5" />
          {current.map((session, i) => {
            const place = places[g]?.[i];
            return place && <Stall key={session.id} session={session} place={place} />;
          })}
        </g>
      ))}
      <circle cx="100" cy="100" r={radii.hub} fill="var(--bg)" stroke="var(--line-2)" />
      <text
        x="100"
        y="101"
        textAnchor="middle"
        fontSize="30"
        fontWeight="590"
        fill={waiting > 0 ? 'var(--waiting)' : 'var(--text-2)'}
      >
        {waiting}
      </text>
      <text x="100" y="119" textAnchor="middle" fontSize="13" fill="var(--text-3)">
        {statusWord('waiting').toLowerCase()}
      </text>
    </svg>
  );
}

function Stall({ session, place }: { session: Session; place: Place }) {
  const kind = sessionStatus(session);
  const { context } = session;
  const used = context?.window == null ? null : context.used / context.window;
  const stall = ringPart(place, radii.inner, radii.outer);
  const title = <title>{`${session.name}: ${statusWord(kind)}`}</title>;
  if (kind === 'waiting')
    return (
      <path d={ringPart(place, radii.inner, radii.waiting)} fill="var(--waiting-fill)">
        {title}
      </path>
    );
  if (kind === 'unknown')
    return (
      <path d={stall} stroke="var(--line-input)" strokeDasharray="2.5 2.5">
        {title}
      </path>
    );
  if (bad.includes(kind))
    return (
      <path d={stall} fill="var(--danger-soft)" stroke="var(--danger)" strokeWidth="1.25">
        {title}
      </path>
    );
  return (
    <g>
      {title}
      <path d={stall} fill="var(--raised-2)" />
      <path
        d={ringPart(place, radii.inner, fillRadius(used))}
        fill={busy.includes(kind) ? 'var(--working)' : 'var(--idle)'}
      />
    </g>
  );
}

/** The picture with the names of the groups beside it. */
export function TurntableCard({ groups }: { groups: readonly HostGroup[] }) {
  const used = groups.filter(({ current }) => current.length > 0);
  const shown = used.slice(0, NAMED);
  return (
    <div className="flex items-center gap-4 p-3 pr-4">
      <Turntable groups={groups} />
      <div className="grid min-w-0 flex-1 gap-1.5 text-12">
        {shown.map(({ host, current }) => (
          <div key={host.id} className="flex min-w-0 gap-3">
            <span className="min-w-0 flex-1 truncate font-medium">{host.name}</span>
            <span className="nums text-text-3">{tn('fleet.sessions', current.length)}</span>
          </div>
        ))}
        {used.length > shown.length && <span className="text-text-3">+{used.length - shown.length}</span>}
        <p className="mt-1 border-t border-line pt-2 text-text-3">{t('fleet.turntableHint')}</p>
      </div>
    </div>
  );
}

/** Hosts named beside the picture. */
const NAMED = 4;
