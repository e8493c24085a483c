// All words of the app in English, one flat table. A feature adds its file here: one import, one line.
import { authEn } from './en/auth.js';
import { errorsEn } from './en/errors.js';
import { shellEn } from './en/shell.js';
import { statusEn } from './en/status.js';
import { uiEn } from './en/ui.js';

export const en = { ...uiEn, ...statusEn, ...errorsEn, ...shellEn, ...authEn } as const;
