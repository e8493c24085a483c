// Fields of the private overlay: files of one session that configure the agent, and how it is told of them.
import { z } from 'zod';
import { argv, envName, envValue, listOf, plainText, rawText } from '../rules.js';
import { mapOf, section } from './section.js';

const FILE = /^[A-Za-z0-9][\w.-]{0,60}(\/[A-Za-z0-9][\w.-]{0,60})?$/;

const fileName = plainText('the name of a file', 130).regex(FILE, {
  error: 'must be a file name of letters, digits, ".", "_" or "-", in one directory at most',
});

const overlaySchema = section({
  /** A map becomes a JSON file; text is written as it stands. */
  files: mapOf(
    fileName,
    z.union([rawText('text'), z.record(z.string(), z.json())], {
      error: 'must be the text of the file, or a map for a JSON file',
    }),
    'file: content',
  ).optional(),
  args: argv.optional(),
  env: mapOf(envName, envValue, 'NAME: value').optional(),
  /** Files that the overlay stands in for; they are merged underneath. */
  base_files: listOf(plainText('a path')).optional(),
  /** The file that `spawn_settings` go into. */
  settings_file: fileName.optional(),
});

export const overlayFields = {
  overlay: overlaySchema.optional(),
  spawn_settings: mapOf(
    plainText('a path'),
    z.record(z.string(), z.json(), { error: 'must be a map, as the JSON file has it' }),
    'file: settings',
  ).optional(),
} as const;
