import { isEmpty, useKept } from '../../parts/kept';

/** Notes that were typed and not sent yet: they outlast a reload, and a sign-in that ended. */
export function useNotes(versionId: string) {
  const [notes, change] = useKept<Record<string, string>>(`notes.${versionId}`, {}, isEmpty);
  const set = (key: string, note: string) =>
    change(({ [key]: _, ...others }) => (note ? { ...others, [key]: note } : others));
  return { noteOf: (key: string) => notes[key] ?? '', setNote: set };
}
