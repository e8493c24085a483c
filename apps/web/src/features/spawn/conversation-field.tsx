// Which conversation goes on: the newest of the directory, or one that was found in the agent's own store.
import { routes, type FoundConversation, type Host } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { closeSpawn } from '../../lib/spawn-intent.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Spinner } from '../../ui/spinner.js';

/** A person looks through so many at most; the newest come first. */
const SHOWN = 20;
const FRESH_MS = 30_000;

export interface ConversationFieldProps {
  host: Host;
  project: string;
  profile: string;
  /** Null for the newest. */
  value: string | null;
  onValueChange: (conversation: string | null) => void;
}

export function ConversationField({ host, project, profile, value, onValueChange }: ConversationFieldProps) {
  const { data, isPending, error } = useQuery({
    queryKey: ['conversations', host.id, project, profile],
    queryFn: ({ signal }) =>
      call(routes.sessions.conversations, { params: { id: host.id }, query: { project, profile }, signal }),
    staleTime: FRESH_MS,
    retry: false,
  });
  const items = (data?.items ?? []).slice(0, SHOWN);
  if (error !== null) return null;
  if (isPending) {
    return (
      <p className="flex items-center gap-2 text-12 text-text-3">
        <Spinner size={10} /> {t('spawn.conversationsAsking')}
      </p>
    );
  }
  if (items.length === 0) return <p className="text-12 text-text-3">{t('spawn.conversationsNone')}</p>;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-12 font-medium text-text-2">{t('spawn.conversations')}</legend>
      <ul className="grid max-h-52 gap-px overflow-y-auto rounded-md border border-line-2">
        <Choice
          label={t('spawn.conversationNewest')}
          checked={value === null}
          onChoose={() => onValueChange(null)}
        />
        {items.map((item) => (
          <Found
            key={item.id}
            item={item}
            checked={value === item.id}
            onChoose={() => onValueChange(item.id)}
          />
        ))}
      </ul>
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChoose: () => void;
  children?: React.ReactNode;
}

function Choice({ label, checked, disabled = false, onChoose, children }: ChoiceProps) {
  return (
    <li className="flex min-h-9 min-w-0 items-center gap-2 px-2.5 hover:bg-hover pointer-coarse:min-h-11">
      <label className="flex min-w-0 flex-1 items-center gap-2 self-stretch">
        <input
          type="radio"
          name="conversation"
          className="size-3.5 shrink-0 appearance-none rounded-full border border-line-input checked:border-4 checked:border-accent disabled:border-line-2"
          checked={checked}
          disabled={disabled}
          onChange={onChoose}
        />
        <span className={disabled ? 'min-w-0 truncate text-text-3' : 'min-w-0 truncate'}>{label}</span>
      </label>
      {children}
    </li>
  );
}

interface FoundProps {
  item: FoundConversation;
  checked: boolean;
  onChoose: () => void;
}

/** One that a session of Roundhouse has is resumed there. */
function Found({ item: { id, title, at, sessionId }, checked, onChoose }: FoundProps) {
  return (
    <Choice label={title ?? id} checked={checked} disabled={sessionId !== null} onChoose={onChoose}>
      {sessionId !== null && (
        <Link
          to="/sessions/$id"
          params={{ id: sessionId }}
          onClick={closeSpawn}
          className="touch-target shrink-0 text-12 text-accent hover:underline"
        >
          {t('spawn.conversationHere')}
        </Link>
      )}
      <span className="nums shrink-0 text-12 text-text-3">
        <RelativeTime at={at} />
      </span>
    </Choice>
  );
}
