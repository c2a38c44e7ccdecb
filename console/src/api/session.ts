/**
 * The session. The token is kept in memory only, because it carries a person's right to decide; it is lost with the page. In the demo, the
 * chosen person is remembered, which is no secret.
 */
import { ApiError } from './error';
import { fetchJson } from './fetch-json';
import { store, stored } from './store';
import { Watched } from './watched';

export interface DemoPerson {
  userId: number;
  name: string;
  roles: string[];
  /** What somebody who is new can try as them. */
  toTry: string;
}
export type Offer =
  | { kind: 'demo'; people: DemoPerson[] }
  | { kind: 'provider'; issuer: string; clientId: string; scope: string }
  | { kind: 'token' };

/** The address this page was opened with, before the router normalizes it: an identity provider returns its answer there. */
export const arrivedAt = new URL(location.href);

/** The page on which nobody is signed in before they choose who. */
export const SIGN_IN = '/sign-in';

const REMEMBERED = 'demo-person';

export const token = new Watched<string | null>(null);
let isOver = false;

function set(value: string | null): void {
  if (value !== null) isOver = false;
  token.set(value);
}

export const currentToken = (): string | null => token.get();

/** The user id in a token; null without a token, or if it cannot be decoded here. */
export function currentPerson(): string | null {
  try {
    const [, payload = ''] = token.get()!.split('.');
    return (JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: string }).sub ?? null;
  } catch {
    return null;
  }
}

/** The sign-in methods of this server. */
export const askOffer = (): Promise<Offer> => fetchJson<Offer>('/console/sign-in');

/** Signs in with a token that was pasted or came from the identity provider. */
export function signInWith(value: string): void {
  lend(null);
  set(value.trim().replace(/^bearer\s+/i, ''));
}

/** Signs in as a demo person. Each call gets a new token, because signing requires a fresh sign-in. */
export async function signInAs(userId: number): Promise<void> {
  const { token: given } = await fetchJson<{ token: string }>('/console/sign-in', { userId });
  if (userId !== rememberedPerson()) lend(null);
  remember(userId);
  set(given);
}

/** Remembers who this tab is, and who a new tab is to be. */
function remember(userId: number | null): void {
  const person = userId === null ? null : String(userId);
  store(REMEMBERED, person);
  store(REMEMBERED, person, 'sessionStorage');
}

/** The demo person of this tab, so that two tabs can be two people; in a new tab, who signed in last. */
export const rememberedPerson = (): number | null =>
  Number(stored(REMEMBERED, 'sessionStorage') ?? stored(REMEMBERED)) || null;

/** Gives the playground, another page of this tab, a token in the tab's own storage, as long as this person is signed in here. */
function lend(value: string | null): void {
  store('token', value, 'sessionStorage');
}
export const lendToPlayground = (): void => lend(currentToken());

/** Signs out of this tab. */
export function signOut(): void {
  lend(null);
  remember(null);
  set(null);
}

const SIGNED_OUT = 'phaseledger.signed-out';
/** Signs out of all tabs of this browser in which the same person is signed in. */
export function signOutEverywhere(): void {
  const person = currentPerson();
  signOut();
  const others = new BroadcastChannel(SIGNED_OUT);
  others.postMessage(person);
  others.close();
}
/** Signs out when this person signs out in another tab. */
export function listenForSignOut(): void {
  new BroadcastChannel(SIGNED_OUT).onmessage = ({ data: person }: MessageEvent<string | null>) => {
    if (person !== null && person === currentPerson()) signOut();
  };
}

/** Ends a sign-in that the server does not accept. */
export function endSession(): void {
  isOver = true;
  signOut();
}
/** Whether the last sign-in of this page was ended by the server, and not by the person. */
export const hasEnded = (): boolean => isOver;

/** Signs in without a prompt, if that is possible. */
async function signInQuietly(): Promise<boolean> {
  const person = rememberedPerson();
  if (person === null) return false;
  try {
    await signInAs(person);
    return true;
  } catch (error) {
    // Unknown without a connection; the page reports that itself.
    if (error instanceof ApiError && error.code === 'OFFLINE') throw error;
    return false;
  }
}

/** Makes those who ask at the same time wait for one answer. */
function together(work: () => Promise<boolean>): () => Promise<boolean> {
  let working: Promise<boolean> | null = null;
  return () =>
    (working ??= work().finally(() => {
      working = null;
    }));
}

/** Whether somebody is signed in, or can be signed in again without a prompt. */
export const restore = together(async () => {
  if (token.get() !== null || (await signInQuietly())) return true;
  remember(null);
  return false;
});

/** Replaces a sign-in that the server no longer accepts, if that takes no prompt; otherwise it has ended. */
export const renew = together(async () => {
  const isRenewed = await signInQuietly();
  if (!isRenewed) endSession();
  return isRenewed;
});
