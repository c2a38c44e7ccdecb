/**
 * Who is signed in. The token is a person's right to decide, so it is kept in memory only: it ends with the page. What is
 * remembered of the demo is which of its people was chosen, and that is no secret.
 */
import { useSyncExternalStore } from 'react';
import { ApiError } from './error';
import { fetchJson } from './fetch-json';
import { store, stored } from './store';

export interface DemoPerson {
  userId: number;
  name: string;
  roles: string[];
}
export type Offer =
  | { kind: 'demo'; people: DemoPerson[] }
  | { kind: 'provider'; issuer: string; clientId: string; scope: string }
  | { kind: 'token' };

/** The address that this page was opened with, before the router tidied it: an identity provider puts its answer there. */
export const arrivedAt = new URL(location.href);

const REMEMBERED = 'demo-person';

let token: string | null = null;
const listeners = new Set<() => void>();

function set(value: string | null): void {
  token = value;
  for (const listener of listeners) listener();
}
const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const currentToken = (): string | null => token;

/** Whose token it is, as it says itself; null where there is none, or none that can be read here. */
export function currentPerson(): string | null {
  try {
    const [, payload = ''] = token!.split('.');
    return (JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: string }).sub ?? null;
  } catch {
    return null;
  }
}
export const useToken = (): string | null => useSyncExternalStore(listen, currentToken);

/** How people sign in at this server. */
export const askOffer = (): Promise<Offer> => fetchJson<Offer>('/console/sign-in');

/** Signs in with a token that somebody has: pasted, or given by the identity provider. */
export const signInWith = (value: string): void => set(value.trim().replace(/^bearer\s+/i, ''));

/** Signs in as a person of the demo, anew each time it is asked: what is signed takes a fresh sign-in. */
export async function signInAs(userId: number): Promise<void> {
  const { token: given } = await fetchJson<{ token: string }>('/console/sign-in', { userId });
  store(REMEMBERED, String(userId));
  set(given);
}

export function signOut(): void {
  store(REMEMBERED, null);
  set(null);
}

/** The person of the demo that this browser was last signed in as. */
export const rememberedPerson = (): number | null => Number(stored(REMEMBERED)) || null;

/** Whether somebody is signed in, or can be again without being asked. */
export async function restore(): Promise<boolean> {
  if (token !== null) return true;
  const person = rememberedPerson();
  if (person === null) return false;
  try {
    await signInAs(person);
    return true;
  } catch (error) {
    // Without a connection nobody can say; the page will, in its own words.
    if (error instanceof ApiError && error.code === 'OFFLINE') throw error;
    store(REMEMBERED, null);
    return false;
  }
}
