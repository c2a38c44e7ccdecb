import { askOffer, rememberedPerson, signInAs, signOut } from '../../api/session';
import { beginSignIn } from '../sign-in/provider';

/**
 * Renews the sign-in before an action that requires a fresh one. Returns false if the browser leaves for the identity provider; it comes
 * back to this page.
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
