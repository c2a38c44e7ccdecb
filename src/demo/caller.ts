import type { Database } from '../database/connection/database';
import { usersById } from '../database/register/people';
import type { Caller } from '../services/commit';

/** A person of the demo as a caller; the demo needs no sign-in. */
export async function demoCaller(db: Database, { userId }: { readonly userId: number }): Promise<Caller> {
  const [viewer] = await usersById(db, [userId]);
  return { db, userId, viewer: viewer!, authenticatedAt: null, reauthenticationSeconds: 0, requestId: 'demo' };
}
