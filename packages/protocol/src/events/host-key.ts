// Events by which a daemon replaces the key of its host, while it goes on being connected.
import { z } from 'zod';
import { defineEvent } from '../define.js';
import { doneSchema, emptySchema } from '../model/common.js';

const daemon = 'daemon' as const;
const base64 = z.string().max(2000);

export const hostKeyEvents = {
  'key.rotate': defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'A new Ed25519 key of the host (SPKI), signed by the old and by the new one. The old one is taken for ten minutes more. A repeat changes nothing.',
    payload: z.object({ publicKey: base64, byOld: base64, byNew: base64 }),
    reply: doneSchema,
  }),
  'key.renew': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Make a new key and register it by `key.rotate`; answered once it counts.',
    payload: emptySchema,
    reply: doneSchema,
  }),
} as const;
