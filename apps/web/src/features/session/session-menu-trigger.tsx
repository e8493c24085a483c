// The button of the session menu, and what the menu and its questions share.
import type { Permission, Session } from '@roundhouse/protocol';
import { MoreHorizontal } from 'lucide-react';
import type { ComponentProps } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';

export interface SessionActionsProps {
  session: Session;
  may: (permission: Permission) => boolean;
  onPanel: () => void;
  /** In a window of its own there is nothing to pop out. */
  popped?: boolean;
}

export type Asking = 'stop' | 'force' | 'delete' | 'copy' | null;

/** The trigger of the menu; also stands in for it until it is loaded. */
export function MoreButton(props: ComponentProps<'button'>) {
  return (
    <Button variant="ghost" aria-label={t('session.more')} className="w-7 p-0!" {...props}>
      <MoreHorizontal className="size-4!" aria-hidden="true" />
    </Button>
  );
}
