// The package entry: runs in browser and Node. Reading directories is in `@roundhouse/profiles/node`.
export { inheritedEnvironment, isNeverInherited, type Environment } from './environment.js';
export * from './load.js';
export { mergeProfile } from './merge.js';
export * from './patterns.js';
export { problemText, type FileProblem } from './problem.js';
export * from './profile.js';
export * from './resolve.js';
export * from './schema.js';
