// The package entry: everything that hub and daemon share below their features.
export * from './backoff.js';
export * from './clock.js';
export * from './command-line.js';
export * from './compile-sooner.js';
export * from './config/files.js';
export * from './config/read-settings.js';
export * from './config/settings-file.js';
export * from './config/settings-table.js';
export * from './config/settings-watch.js';
export * from './disposable.js';
export * from './lateness.js';
export * from './logger.js';
export * from './new-id.js';
export * from './overhear.js';
export * from './redact.js';
export * from './terminal-packets.js';
export * from './timeout.js';
