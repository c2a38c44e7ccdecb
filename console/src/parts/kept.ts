/**
 * State that the viewer entered and the server does not have yet: kept in this browser for each person separately, so that it survives a
 * reload and a sign-in redirect and is never shown to another person. Without local storage it lasts as long as the page, which then asks
 * before it is left.
 */
import { useRef, useState } from 'react';
import { currentPerson } from '../api/session';
import { store, stored } from '../api/store';

const onlyHere = new Map<string, unknown>();
addEventListener('beforeunload', (event) => {
  if (onlyHere.size > 0) event.preventDefault();
});

const nameOf = (about: string): string => `${currentPerson() ?? 'nobody'}.${about}`;

export function kept<Value>(about: string): Value | undefined {
  const name = nameOf(about);
  if (onlyHere.has(name)) return onlyHere.get(name) as Value;
  try {
    return (JSON.parse(stored(name) ?? 'null') as Value | null) ?? undefined;
  } catch {
    return undefined; // what somebody else wrote there is nothing of ours
  }
}

/** @param value undefined removes it */
export function keep(about: string, value: unknown): void {
  const name = nameOf(about);
  const isDone = store(name, value === undefined ? null : JSON.stringify(value));
  if (isDone || value === undefined) onlyHere.delete(name);
  else onlyHere.set(name, value);
}

/** State that is stored at once on every change, since the page may be gone before React renders again. */
export function useNoted<Value>(initial: () => Value, note: (value: Value) => void) {
  const [value, setValue] = useState(initial);
  const latest = useRef(value);
  const change = (step: (previous: Value) => Value) => {
    latest.current = step(latest.current);
    note(latest.current);
    setValue(latest.current);
  };
  return [value, change] as const;
}

/**
 * State that is kept in this browser.
 * @param isNothing whether a value is empty and need not be kept
 */
export function useKept<Value>(about: string, initial: Value, isNothing: (value: Value) => boolean = () => false) {
  const [value, change] = useNoted<Value>(
    () => kept<Value>(about) ?? initial,
    (next) => keep(about, isNothing(next) ? undefined : next),
  );
  return [value, change, () => keep(about, undefined)] as const;
}

export const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** The input of a form. */
export function useKeptForm<Values extends Record<string, string>>(about: string, initial: Values) {
  const [values, change, forget] = useKept<Values>(about, initial);
  return {
    values,
    set: (patch: Partial<Values>) => change((previous) => ({ ...previous, ...patch })),
    forget,
  };
}
