// Asks before something that cannot be taken back; may demand that its name be typed.
import { useState, type ReactNode } from 'react';
import { t } from '../lib/i18n/t.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { ErrorNote } from './error-note.js';
import { Field } from './field.js';
import { Input } from './input.js';

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen and what stays. */
  description: ReactNode;
  /** A verb with its object: "Stop session". */
  confirmLabel: string;
  tone?: 'danger' | 'primary';
  /** The confirm button works only once exactly this is typed. */
  typeToConfirm?: string;
  /** Closes the dialog when it resolves; a rejection is shown and the dialog stays. */
  onConfirm: () => Promise<unknown> | void;
  children?: ReactNode;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    open,
    onOpenChange,
    title,
    description,
    confirmLabel,
    tone = 'danger',
    typeToConfirm,
    children,
  } = props;
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const change = (next: boolean): void => {
    setTyped('');
    setError(null);
    onOpenChange(next);
  };
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await props.onConfirm();
      change(false);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  const blocked = typeToConfirm !== undefined && typed !== typeToConfirm;
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      description={description}
      width="narrow"
      footer={
        <>
          <Button variant="ghost" onClick={() => change(false)}>
            {t('ui.cancel')}
          </Button>
          <Button variant={tone} busy={busy} disabled={blocked} onClick={() => void confirm()}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      {children}
      {typeToConfirm !== undefined && (
        <Field label={t('ui.typeToConfirm', { name: typeToConfirm })}>
          {(control) => (
            <Input {...control} mono value={typed} onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
      )}
      {error !== null && <ErrorNote error={error} />}
    </Dialog>
  );
}
