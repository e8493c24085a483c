// What the host says of a session's agent, and whether going on with it needs a person's word again.
import type { Host, HostProfile, Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { hostQuery } from '../../lib/query.js';

/** What the host says of the session's agent. */
export const profileOn = (
  host: Host | undefined,
  { profile }: Pick<Session, 'profile'>,
): HostProfile | undefined => host?.profiles.find(({ name }) => name === profile);

/** What the host says of the session's agent; undefined while it is not known. */
export function useProfile(session: Session): HostProfile | undefined {
  // The page has asked for its host.
  const { data } = useQuery({ ...hostQuery(session.hostId), enabled: false });
  return profileOn(data, session);
}

/** Whether such an agent tells tokens; a shell never does. */
export const tellsUsage = (profile: HostProfile | undefined): boolean =>
  profile?.telemetry === 'otlp' || profile?.telemetry === 'events';

/** What was allowed at the start is asked for again. */
export const asksForWord = ({ options, stateReason }: Session, profile: HostProfile | undefined): boolean =>
  stateReason?.code === 'BYPASS_REFUSED' ||
  (profile?.modes?.some(({ name, bypass }) => bypass && name === options.permissionMode) ?? false);
