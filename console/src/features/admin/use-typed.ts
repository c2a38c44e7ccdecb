import { useState } from 'react';
import type { Value, Values } from './register';

interface Typed {
  values: Values;
  reason: string;
}
const nothing: Typed = { values: {}, reason: '' };

/** What is typed and not saved yet, kept in this browser under the name of what it is about. */
export function useTyped(about: string) {
  const key = `phaseledger.admin.${about}`;
  const [kept, setKept] = useState<Typed>(
    () => (JSON.parse(localStorage.getItem(key) ?? 'null') as Typed | null) ?? nothing,
  );
  const keep = (next: Typed) => {
    setKept(next);
    localStorage.setItem(key, JSON.stringify(next));
  };
  return {
    typed: kept.values as Readonly<Record<string, Value | undefined>>,
    reason: kept.reason,
    type: (name: string, value: Value) => keep({ ...kept, values: { ...kept.values, [name]: value } }),
    explain: (reason: string) => keep({ ...kept, reason }),
    forget: () => localStorage.removeItem(key),
  };
}
