// The path below which the hub is served, as it wrote it into the page: `''` or `/roundhouse`.

/** Read each time: a constant would be read before a test can set it. */
export const basePath = (): string =>
  typeof document === 'undefined' ? '' : (document.documentElement.dataset['base'] ?? '');

/** The address of `/api/…`, `/favicon.svg` or a page of the app for the browser. The router adds the path itself. */
export const underBase = (address: string): string => `${basePath()}${address}`;
