// What the hub's program does besides being a hub: one row per subcommand, loaded when it is asked for.
import type { CommandContext } from './backup/command.js';

/** @returns the exit code */
type Subcommand = (context: CommandContext) => Promise<number>;

export const subcommands: Readonly<Record<string, Subcommand>> = {
  backup: async (context) => {
    await (await import('./backup/command.js')).backupCommand(context);
    return 0;
  },
  restore: async (context) => {
    await (await import('./backup/command.js')).restoreCommand(context);
    return 0;
  },
  'move-database': async (context) => {
    await (await import('./backup/command.js')).moveCommand(context);
    return 0;
  },
};
