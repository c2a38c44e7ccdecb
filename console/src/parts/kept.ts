/**
 * What somebody typed, marked or chose, until the server has it: kept in this browser for each person apart, so it outlasts a reload, and
 * the way to an identity provider and back, and is never taken for another's. Where the browser keeps nothing, it lasts as long as the page,
 * which asks before it is left.
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

/** @param value undefined: it is kept no longer */
export function keep(about: string, value: unknown): void {
  const name = nameOf(about);
  const isDone = store(name, value === undefined ? null : JSON.stringify(value));
  if (isDone || value === undefined) onlyHere.delete(name);
  else onlyHere.set(name, value);
}

/** State of which each step is noted at once, and not when React renders next: the page may be left by then. */
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
 * State that is kept.
 * @param isNothing whether there is nothing in it to be kept
 */
export function useKept<Value>(about: string, initial: Value, isNothing: (value: Value) => boolean = () => false) {
  const [value, change] = useNoted<Value>(
    () => kept<Value>(about) ?? initial,
    (next) => keep(about, isNothing(next) ? undefined : next),
  );
  return [value, change, () => keep(about, undefined)] as const;
}

export const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** What was typed into a form. */
export function useKeptForm<Values extends Record<string, string>>(about: string, initial: Values) {
  const [values, change, forget] = useKept<Values>(about, initial);
  return {
    values,
    set: (patch: Partial<Values>) => change((previous) => ({ ...previous, ...patch })),
    forget,
  };
}
