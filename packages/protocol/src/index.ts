// The package entry: everything that may cross a process.
export * from './define.js';
export * from './errors.js';
export * from './ids.js';
export * from './permissions.js';
export * from './result.js';
export * from './validation.js';
export * from './version.js';
export * from './model/common.js';
export * from './model/host.js';
export * from './model/profile.js';
export * from './model/project.js';
export * from './model/session.js';
export * from './model/telemetry.js';
export * from './model/terminal.js';
export * from './model/user.js';
export * from './events/ui.js';
