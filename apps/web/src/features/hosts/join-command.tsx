// The one-time command that runs a daemon, for each way to run it, with the time that it stays valid.
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { useNow } from '../../lib/ticker.js';
import { Callout } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { CommandBlock } from '../../ui/command-block.js';
import { Countdown } from '../../ui/relative-time.js';
import { Segmented } from '../../ui/segmented.js';

export interface Join {
  readonly joinTokenExpiresAt: string;
  readonly commands: { readonly podman: string; readonly docker: string; readonly node: string };
}

const kinds = ['podman', 'docker', 'node'] as const;
type Kind = (typeof kinds)[number];

export interface JoinCommandProps {
  join: Join;
  onNewToken: () => void;
  busy: boolean;
}

export function JoinCommand({ join, onNewToken, busy }: JoinCommandProps) {
  const [kind, setKind] = useState<Kind>('podman');
  const now = useNow(1000);
  const lapsed = Date.parse(join.joinTokenExpiresAt) <= now;
  return (
    <div className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label={t('hosts.runWith')}
          value={kind}
          onValueChange={setKind}
          options={kinds.map((value) => ({ value, label: t(`hosts.${value}`) }))}
        />
        <span className="ml-auto flex items-center gap-2 text-12 text-text-3">
          {lapsed ? (
            <span className="text-danger">{t('hosts.tokenLapsed')}</span>
          ) : (
            <span>
              {t('hosts.tokenValid')}{' '}
              <Countdown until={join.joinTokenExpiresAt} className="font-medium text-text" />
            </span>
          )}
          <Button
            size="sm"
            variant="ghost"
            busy={busy}
            icon={<RefreshCw aria-hidden="true" />}
            onClick={onNewToken}
          >
            {t('hosts.anotherToken')}
          </Button>
        </span>
      </div>
      <CommandBlock
        command={join.commands[kind]}
        label={t('hosts.copyCommand', { kind: t(`hosts.${kind}`) })}
      />
      <p className="text-12 text-text-3">{t('hosts.shownOnce')}</p>
      {kind === 'node' ? <Callout>{t('hosts.buildNode')}</Callout> : <BuildImage kind={kind} join={join} />}
    </div>
  );
}

/** The name of the image is the last word of the command. */
const imageOf = (command: string): string => command.trim().split(/\s+/).at(-1) ?? '';

function BuildImage({ kind, join }: { kind: 'podman' | 'docker'; join: Join }) {
  const command = `${kind} build -f Containerfile.daemon -t ${imageOf(join.commands[kind])} .`;
  return (
    <details className="group min-w-0 text-12">
      <summary className="w-fit cursor-default rounded-xs font-medium text-text-2 hover:text-text">
        {t('hosts.buildImage')}
      </summary>
      <div className="mt-2 grid min-w-0 gap-2">
        <p className="text-text-3">{t('hosts.buildImageText')}</p>
        <CommandBlock command={command} label={t('hosts.copyBuild')} />
      </div>
    </details>
  );
}
