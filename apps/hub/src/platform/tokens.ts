// Names under which Nest injects what is not a class.

/** `Clock` of @roundhouse/kit. */
export const CLOCK = Symbol('Clock');
/** `NewId` of @roundhouse/kit. */
export const NEW_ID = Symbol('NewId');
/** `Logger` of @roundhouse/kit. */
export const LOGGER = Symbol('Logger');
/** `HubConfig` of config.ts. */
export const CONFIG = Symbol('HubConfig');
/** `Faults` of platform/faults.ts. */
export const FAULTS = Symbol('Faults');
