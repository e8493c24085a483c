// The words that every page may need, in English, one flat table. A feature adds its file here: one import, one line;
// words of one page alone come with that page: see `addWords`.
import { errorsEn } from './en/errors.js';
import { fleetEn } from './en/fleet.js';
import { gridEn } from './en/grid.js';
import { sessionEn } from './en/session.js';
import { shellEn } from './en/shell.js';
import { statusEn } from './en/status.js';
import { terminalEn } from './en/terminal.js';
import { uiEn } from './en/ui.js';
import { usageEn } from './en/usage.js';

export const en = {
  ...uiEn,
  ...statusEn,
  ...errorsEn,
  ...shellEn,
  ...fleetEn,
  ...gridEn,
  ...sessionEn,
  ...terminalEn,
  ...usageEn,
} as const;
