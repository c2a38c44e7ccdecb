import type { Db } from '../database/connection/database';
import { usersById } from '../database/register/people';
import { DomainError } from '../versioning/errors';
import type { Viewer } from '../versioning/model';

export const nobody = () =>
  new DomainError(
    'UNAUTHENTICATED',
    'The token names a person who is unknown or no longer active. Ask an Administrator.',
  );

/** A person with their current roles; UNAUTHENTICATED if they are unknown or not active (any more). */
export async function activePerson(db: Db, userId: number): Promise<Viewer> {
  const [person] = await usersById(db, [userId]);
  if (!person?.isActive) throw nobody();
  return person;
}
