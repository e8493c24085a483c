// The words of this feature: they load with the first of its parts that is shown.
import { spawnEn } from '../../lib/i18n/en/spawn.js';
import { addWords } from '../../lib/i18n/t.js';

addWords(spawnEn);
