// Label, control, hint and error of one form field, tied together for screen readers.
import { CircleAlert } from 'lucide-react';
import { useId, type ReactNode } from 'react';

/** What the control inside must carry. */
export interface FieldControl {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

export interface FieldProps {
  label: string;
  /** Stands right of the label: "Optional", a strength word. */
  aside?: ReactNode;
  hint?: ReactNode;
  /** What is wrong and what to do; replaces the hint. */
  error?: string | null | undefined;
  children: (control: FieldControl) => ReactNode;
}

export function Field({ label, aside, hint, error, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const bad = error !== undefined && error !== null && error !== '';
  const noted = bad || (hint !== undefined && hint !== null);
  return (
    <div className="grid min-w-0 content-start gap-1.5">
      <div className="flex items-center justify-between gap-2 text-12 font-medium text-text-2">
        <label htmlFor={id}>{label}</label>
        {aside !== undefined && <span className="text-text-3">{aside}</span>}
      </div>
      {children({
        id,
        'aria-describedby': noted ? noteId : undefined,
        'aria-invalid': bad ? true : undefined,
      })}
      {noted && (
        <div id={noteId} className={bad ? 'flex gap-1.5 text-12 text-danger' : 'text-12 text-text-3'}>
          {bad && <CircleAlert className="mt-0.5 size-3" aria-hidden="true" />}
          {bad ? error : hint}
        </div>
      )}
    </div>
  );
}
