// Branded identifiers: one kind of id can never be passed where another is meant.
import { z } from 'zod';

export const hostIdSchema = z.uuid().brand<'HostId'>();
export type HostId = z.infer<typeof hostIdSchema>;

export const sessionIdSchema = z.uuid().brand<'SessionId'>();
export type SessionId = z.infer<typeof sessionIdSchema>;

export const userIdSchema = z.uuid().brand<'UserId'>();
export type UserId = z.infer<typeof userIdSchema>;

export const commandIdSchema = z.uuid().brand<'CommandId'>();
export type CommandId = z.infer<typeof commandIdSchema>;

export const tokenIdSchema = z.uuid().brand<'TokenId'>();
export type TokenId = z.infer<typeof tokenIdSchema>;

export const budgetIdSchema = z.uuid().brand<'BudgetId'>();
export type BudgetId = z.infer<typeof budgetIdSchema>;

/** One daemon process; made anew at each start of it. */
export const instanceIdSchema = z.uuid().brand<'InstanceId'>();
export type InstanceId = z.infer<typeof instanceIdSchema>;

/** One browser view of one session; chosen by the hub, presented again after a reconnect. */
export const viewerIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, 'must be 8 to 64 letters, digits, "_" or "-"')
  .brand<'ViewerId'>();
export type ViewerId = z.infer<typeof viewerIdSchema>;
