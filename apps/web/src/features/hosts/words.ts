// The words of this feature: they load with the first of its parts that is shown.
import { hostsEn } from '../../lib/i18n/en/hosts.js';
import { addWords } from '../../lib/i18n/t.js';

addWords(hostsEn);
