// The package entry: runs in browser and Node. Reading directories is in `@roundhouse/profiles/node`.
export { inheritedEnvironment, type Environment } from './environment.js';
export * from './load.js';
export * from './patterns.js';
export { problemText } from './problem.js';
export * from './profile.js';
export * from './resolve.js';
export * from './schema.js';
