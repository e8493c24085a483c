// Whether a host's daemon tells what can be chosen for an agent, and so understands what was chosen.
import type { HostProfile } from '@roundhouse/protocol';

export const takesOptions = (profile: HostProfile | null): boolean => profile?.takesModel !== undefined;
