// An error inside a form or dialog: what happened, what to do, its code.
import { CircleAlert } from 'lucide-react';
import { describeError } from '../lib/api-error.js';
import { HelpLink } from './help-link.js';

export function ErrorNote({ error }: { error: unknown }) {
  const { message, hint, code } = describeError(error);
  return (
    <div
      role="alert"
      className="flex gap-2.5 rounded-sm border border-danger-line bg-danger-soft px-3 py-2.5 text-12 text-text-2"
    >
      <CircleAlert className="mt-0.5 size-3.5 text-danger" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <div className="font-medium text-text">{message}</div>
        {hint !== '' && <div>{hint}</div>}
        {code !== null && <HelpLink code={code} />}
      </div>
      {code !== null && <span className="mono shrink-0 text-text-3">{code}</span>}
    </div>
  );
}
