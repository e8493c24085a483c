// DATA: what the size rule does not apply to: tables of data, generated code and recorded fixtures.

/** Folders and files as they appear in a path; shared with eslint.config.js. */
export const dataTables = [
  'packages/protocol/src/errors.ts',
  'packages/protocol/src/error-table.ts',
  'apps/web/src/lib/i18n/**',
  'apps/hub/src/telemetry/prices.ts',
  '**/*.data.ts',
];

const patterns = [
  /^packages\/protocol\/src\/error(s|-table)\.ts$/,
  /^apps\/web\/src\/lib\/i18n\//,
  /^apps\/hub\/src\/telemetry\/prices\.ts$/,
  /\.data\.ts$/,
  /\/(generated|fixtures|dist|dist-types|public)\//,
];

export const exemptFromSize = (path) => patterns.some((pattern) => pattern.test(path));
