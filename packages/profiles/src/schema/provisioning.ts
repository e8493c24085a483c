// Fields that say what a daemon's container image needs for an agent.
import { z } from 'zod';
import { envName, flag, listOf, packageName, plainText, rawText } from '../rules.js';
import { oneOf, section } from './section.js';

export const provisioningFields = {
  provisioning: section({
    install: section({
      npm: listOf(packageName).optional(),
      pip: listOf(packageName).optional(),
      system: listOf(packageName).optional(),
    }).optional(),
    config_files: listOf(
      section({ path: plainText('a path'), mkdir: flag.optional(), content: rawText('text').optional() }),
    ).optional(),
    verify: rawText('a command').optional(),
    mounts: listOf(
      section({
        host: plainText('a path'),
        container: plainText('a path'),
        mode: z.enum(['rw', 'ro'], oneOf(['rw', 'ro'])).optional(),
      }),
    ).optional(),
    passthrough_env: listOf(envName).optional(),
  }).optional(),
} as const;
