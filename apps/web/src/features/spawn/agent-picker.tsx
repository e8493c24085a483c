// The agents of a host as buttons; one that cannot be started says why.
import type { HostProfile } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { RadioGroup } from 'radix-ui';
import { t } from '../../lib/i18n/t.js';
import { AgentIcon } from '../../ui/agent-icon.js';

export interface AgentPickerProps {
  profiles: readonly HostProfile[];
  value: string | null;
  onValueChange: (profile: string) => void;
  /** Why none can be chosen now: the host is away. */
  blocked: string | null;
}

/** Those that can be started come first; a plain shell last of them. */
const order = ({ available, name }: HostProfile): number => (!available ? 2 : name === 'bash' ? 1 : 0);

export function AgentPicker({ profiles, value, onValueChange, blocked }: AgentPickerProps) {
  if (profiles.length === 0) return <p className="text-12 text-text-3">{t('spawn.noAgents')}</p>;
  return (
    <RadioGroup.Root
      aria-label={t('spawn.agent')}
      value={value ?? ''}
      onValueChange={onValueChange}
      className="grid grid-cols-[repeat(auto-fill,minmax(104px,1fr))] gap-2"
    >
      {profiles
        .toSorted((a, b) => order(a) - order(b))
        .map((profile) => (
          <Agent key={profile.name} profile={profile} blocked={blocked} />
        ))}
    </RadioGroup.Root>
  );
}

/** A tile has room for what is the matter; what to do about it stands in the hint and on the Profiles page. */
const brief = (why: string): string => why.split(';', 1)[0] ?? why;

function Agent({ profile, blocked }: { profile: HostProfile; blocked: string | null }) {
  const { name, displayName, color, available, reason } = profile;
  const why = blocked ?? (available ? null : reason);
  const off = why !== null || !available;
  return (
    <RadioGroup.Item
      value={name}
      disabled={off}
      title={why ?? undefined}
      className={cx(
        'grid min-h-[60px] min-w-0 content-center justify-items-center gap-[5px] rounded-md border px-1.5 py-1.5 font-medium',
        off
          ? 'border-dashed border-line-2 text-text-3'
          : 'border-line-2 text-text-2 transition-colors hover:border-line-input hover:text-text',
        'data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft data-[state=checked]:text-text data-[state=checked]:shadow-[inset_0_0_0_1px_var(--accent)]',
      )}
    >
      {!off && <AgentIcon profile={name} color={color} size={16} />}
      <span className="max-w-full truncate">{displayName}</span>
      {off && why !== null && (
        <span className="-mt-1 line-clamp-3 max-w-full text-11 leading-[13px] font-body [overflow-wrap:anywhere]">
          {brief(why)}
        </span>
      )}
    </RadioGroup.Item>
  );
}
