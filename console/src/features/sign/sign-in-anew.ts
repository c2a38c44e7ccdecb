import { askOffer, rememberedPerson, signInAs, signOut } from '../../api/session';
import { beginSignIn } from '../sign-in/provider';

/**
 * Has the person sign in once more, since what they are about to do takes that. False where they leave this page for it, and
 * come back to it.
 */
export async function signInAnew(back: string): Promise<boolean> {
  const person = rememberedPerson();
  if (person !== null) {
    await signInAs(person);
    return true;
  }
  const offer = await askOffer();
  if (offer.kind === 'provider') await beginSignIn(offer, back, true);
  else signOut(); // another token is asked for, and leads back here
  return false;
}
