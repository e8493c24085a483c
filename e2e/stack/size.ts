// How large a test is: the short form that runs always, or the whole of it (`npm run test:bar`).

export const isBar = process.env['E2E_BAR'] === '1';

export const sized = <T>(short: T, whole: T): T => (isBar ? whole : short);

/** Marks a test that has a long form. */
export const bar = { tag: '@bar' } as const;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
