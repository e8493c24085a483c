// One profile: source, signs of its state, choices, and each host with why it is not available there.
import type { HostProfile } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { t, tn } from '../../lib/i18n/t.js';
import { AgentIcon } from '../../ui/agent-icon.js';
import { Badge } from '../../ui/badge.js';
import { Card, PanelHead } from '../../ui/card.js';
import { StateGlyph, statusWord } from '../../ui/state-glyph.js';
import { ProblemList } from './problem-list.js';
import { problemKey, type OnHost, type ProfileGroup } from './profile-groups.js';

export function ProfileCard({ group }: { group: ProfileGroup }) {
  const { name, shown, hosts, available } = group;
  const title = (
    <h2 className="flex min-w-0 items-center gap-2">
      <AgentIcon profile={name} color={shown.color} />
      <span className="truncate">{shown.displayName}</span>
      {shown.displayName !== name && <span className="mono truncate font-body text-text-3">{name}</span>}
    </h2>
  );
  const where = tn('profiles.available', hosts.length, { available });
  return (
    <Card aria-label={shown.displayName} role="group">
      <PanelHead
        title={title}
        end={
          <span className="text-12 whitespace-nowrap text-text-3">
            {available === 0 ? t('profiles.nowhere') : where}
          </span>
        }
      />
      <div className="grid gap-3 px-4 py-3">
        <Facts profile={shown} />
        <section>
          <h3 className="mb-1 text-12 font-medium text-text-3">{t('profiles.hosts')}</h3>
          <ul>
            {hosts.map((on) => (
              <HostRow key={on.host.id} on={on} />
            ))}
          </ul>
        </section>
      </div>
    </Card>
  );
}

function Facts({ profile }: { profile: HostProfile }) {
  const { telemetry = 'none', states = [], presets = [], fallback = [], supportsResume } = profile;
  return (
    <dl className="grid grid-cols-[120px_minmax(0,1fr)] gap-y-1.5 text-12 [&>dd]:min-w-0 [&>dd]:break-words [&>dd]:text-text-2 [&>dt]:text-text-3">
      <Fact name={t('profiles.source')}>{sourceText(profile)}</Fact>
      <Fact name={t('profiles.state')}>
        {states.length === 0
          ? t('profiles.state.none')
          : states.map((sign) => t(`profiles.sign.${sign}`)).join(', ')}
      </Fact>
      <Fact name={t('profiles.use')}>{t(`profiles.use.${telemetry}`)}</Fact>
      <Fact name={t('profiles.resume')}>
        {t(supportsResume ? 'profiles.resume.yes' : 'profiles.resume.no')}
      </Fact>
      <Fact name={t('profiles.models')}>{modelsText(profile)}</Fact>
      <Fact name={t('profiles.modes')}>
        <Modes modes={profile.modes ?? []} />
      </Fact>
      {presets.length > 0 && (
        <Fact name={t('profiles.presets')}>{presets.map(({ displayName }) => displayName).join(', ')}</Fact>
      )}
      {fallback.length > 0 && <Fact name={t('profiles.fallback')}>{fallback.join(', ')}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function sourceText({ source, file, localFile }: HostProfile): ReactNode {
  if (source === undefined) return t('profiles.source.unknown');
  const words =
    source === 'override'
      ? t('profiles.source.override', { file: localFile ?? '' })
      : t(`profiles.source.${source}`);
  return (
    <>
      {words} {file !== undefined && <span className="mono break-all text-text-3">{file}</span>}
    </>
  );
}

function modelsText({ takesModel = false, models = [] }: HostProfile): string {
  if (!takesModel) return t('profiles.models.none');
  return models.length === 0 ? t('profiles.models.any') : models.join(', ');
}

function Modes({ modes }: { modes: NonNullable<HostProfile['modes']> }) {
  if (modes.length === 0) return t('profiles.modes.none');
  return (
    <ul>
      {modes.map(({ name, displayName, bypass, allowed }) => {
        const notes = [bypass && t('profiles.modes.bypass'), !allowed && t('profiles.modes.locked')].filter(
          Boolean,
        );
        return (
          <li key={name} className={allowed ? '' : 'text-text-3'}>
            {displayName}
            {notes.length > 0 && <span className="text-text-3"> ({notes.join(', ')})</span>}
          </li>
        );
      })}
    </ul>
  );
}

/** Whether it can be started there, or why not; of a host that is away, as it was. */
function hostWord({ state }: OnHost['host'], { available, reason, version }: HostProfile): string {
  const word = available ? version : reason;
  if (state === 'online') return word ?? t('profiles.ready');
  return [statusWord(state), word].filter((part) => part !== null).join(' · ');
}

function HostRow({ on: { host, profile } }: { on: OnHost }) {
  const { available, stale = false, problems = [], warnings = [] } = profile;
  return (
    <li className="grid gap-1.5 border-b border-line py-2 text-12 last:border-b-0">
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <StateGlyph kind={host.state} />
        <span className="truncate font-medium">{host.name}</span>
        {stale && <Badge tone="danger">{t('profiles.stale')}</Badge>}
        <span
          className={cx(
            'ml-auto min-w-0 text-right break-words text-text-3',
            !available && 'max-sm:basis-full max-sm:pl-5 max-sm:text-left',
          )}
        >
          {hostWord(host, profile)}
        </span>
      </div>
      {stale && <p className="text-text-2">{t('profiles.staleHint', { host: host.name })}</p>}
      {problems.length > 0 && (
        <ProblemList problems={problems.map((problem) => ({ ...problem, key: problemKey(problem) }))} />
      )}
      {warnings.map((warning) => (
        <p key={warning} className="flex gap-1.5 text-text-2">
          <TriangleAlert className="mt-0.5 size-3 shrink-0 text-text-3" aria-hidden="true" />
          <span className="min-w-0 break-words">{warning}</span>
        </p>
      ))}
    </li>
  );
}
