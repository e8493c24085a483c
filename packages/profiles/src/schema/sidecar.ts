// Fields of the sidecar: what a shell reports before each prompt.
import { plainText, rawText } from '../rules.js';
import { mapOf, section } from './section.js';

export const sidecarFields = {
  sidecar: section({
    prompt_command: rawText('a shell command').optional(),
    file_pattern: plainText('a path').optional(),
    fields: mapOf(plainText('a field'), plainText('a JSON key'), 'field: JSON key').optional(),
  }).optional(),
} as const;
