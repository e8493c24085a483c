// Whether going on with a session needs a person's word again.
import type { HostProfile, Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { hostQuery } from '../../lib/query.js';

/** What the host says of the session's agent; undefined while it is not known. */
export function useProfile({ hostId, profile }: Session): HostProfile | undefined {
  // The page has asked for its host.
  const { data } = useQuery({ ...hostQuery(hostId), enabled: false });
  return data?.profiles.find(({ name }) => name === profile);
}

/** Whether such an agent tells tokens; a shell never does. */
export const tellsUsage = (profile: HostProfile | undefined): boolean =>
  profile?.telemetry === 'otlp' || profile?.telemetry === 'events';

/** What was allowed at the start is asked for again. */
export const asksForWord = ({ options, stateReason }: Session, profile: HostProfile | undefined): boolean =>
  stateReason?.code === 'BYPASS_REFUSED' ||
  (profile?.modes?.some(({ name, bypass }) => bypass && name === options.permissionMode) ?? false);
