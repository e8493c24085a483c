// Who controls a session: types and sets the size. Pure.

export interface Candidate {
  readonly viewerId: string;
  readonly userId: string;
  /** Whether the user may type at all. */
  readonly mayType: boolean;
}

export type ControlRequest = 'attach' | 'input' | 'take';

/**
 * Whether the candidate has control after the request. Attaching takes it only when nobody has it; input and an
 * explicit take move it among one user's own viewers; another user must take it explicitly.
 */
export function grantsControl(holder: Candidate | null, by: Candidate, request: ControlRequest): boolean {
  if (!by.mayType) return false;
  if (!holder || holder.viewerId === by.viewerId) return true;
  if (request === 'attach') return false;
  return request === 'take' || holder.userId === by.userId;
}

/**
 * Who controls after the controller has left: the viewer of the same user that was active last, else nobody until
 * somebody types.
 * @param others in order of activity, the latest last
 */
export function heirOf<C extends Candidate>(left: Candidate, others: readonly C[]): C | null {
  return others.findLast(({ userId, mayType }) => mayType && userId === left.userId) ?? null;
}
