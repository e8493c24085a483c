// /help/errors
import { use } from 'react';
import { ErrorHelpPage } from '../features/help/error-help-page.js';

// A chunk of its own: beside the page it makes the bundler cut the shell into crumbs, which cost every page 3 kB.
const rows = import('../features/help/error-rows.js').then(({ helpRows }) => helpRows());

export function Component() {
  return <ErrorHelpPage all={use(rows)} />;
}
