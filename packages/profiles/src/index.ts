// The package entry: runs in browser and Node. Reading directories is in `@roundhouse/profiles/node`.
export { inheritedEnvironment, type Environment } from './environment.js';
export { hookMap, hookToml } from './hooks.js';
export { textAt } from './json-path.js';
export { keyInput } from './keys.js';
export { renderContainerfile } from './containerfile.js';
export { profileWarnings } from './lint.js';
export * from './load.js';
export * from './options.js';
export * from './overlay.js';
export * from './patterns.js';
export { expand } from './placeholders.js';
export { problemText, type FileProblem } from './problem.js';
export * from './profile.js';
export * from './resolve.js';
export * from './schema.js';
export { looksSecret } from '@roundhouse/protocol';
export type { JsonMap } from './settings.js';
export * from './signals.js';
