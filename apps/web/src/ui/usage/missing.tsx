// In place of rows that are not here: they come, or why they do not.
import { ErrorNote } from '../error-note.js';
import { Skeleton } from '../skeleton.js';

export const Missing = ({ error }: { error: Error | null }) => (
  <div className="p-4">{error ? <ErrorNote error={error} /> : <Skeleton className="h-40" />}</div>
);
