// Mistakes of a profile's text: where, which field, what to do.

export interface ListedProblem {
  readonly key: string;
  readonly file?: string;
  readonly line: number | null;
  readonly field: string | null;
  readonly message: string;
}

export function ProblemList({
  problems,
  tone = 'danger',
}: {
  problems: readonly ListedProblem[];
  tone?: 'danger' | 'plain';
}) {
  return (
    <ul className="grid gap-1.5">
      {problems.map(({ key, file = '', line, field, message }) => (
        <li key={key} className="min-w-0 text-12">
          <div className="mono break-all text-text-3">
            {file}
            {line !== null && `${file === '' ? '' : ':'}${String(line)}`} {field}
          </div>
          <div className={tone === 'danger' ? 'break-words text-danger' : 'break-words text-text-2'}>
            {message}
          </div>
        </li>
      ))}
    </ul>
  );
}
