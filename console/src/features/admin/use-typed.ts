import { useKept } from '../../parts/kept';
import type { Value, Values } from './register';

interface Typed {
  values: Values;
  reason: string;
}
const nothing: Typed = { values: {}, reason: '' };

/** Unsaved input, kept in this browser under the name of its subject. */
export function useTyped(about: string) {
  const [{ values, reason }, change, forget] = useKept(`admin.${about}`, nothing);
  return {
    typed: values as Readonly<Record<string, Value | undefined>>,
    reason,
    type: (name: string, value: Value) =>
      change((previous) => ({ ...previous, values: { ...previous.values, [name]: value } })),
    explain: (text: string) => change((previous) => ({ ...previous, reason: text })),
    forget,
  };
}
