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
