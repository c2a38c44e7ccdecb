import { useState } from 'react';

/** What was typed into a form: it outlasts a reload, and the way to an identity provider and back. */
export function useKept<Values extends Record<string, string>>(name: string, initial: Values) {
  const key = `phaseledger.${name}`;
  const [values, setValues] = useState<Values>(() => ({
    ...initial,
    ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Values>),
  }));
  return {
    values,
    set: (patch: Partial<Values>) => {
      const next = { ...values, ...patch };
      setValues(next);
      localStorage.setItem(key, JSON.stringify(next));
    },
    forget: () => localStorage.removeItem(key),
  };
}
