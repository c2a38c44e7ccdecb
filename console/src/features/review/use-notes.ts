import { isEmpty, useKept } from '../../parts/kept';

/** Notes that are not sent yet. They survive a reload and an expired sign-in. */
export function useNotes(versionId: string) {
  const [notes, change] = useKept<Record<string, string>>(`notes.${versionId}`, {}, isEmpty);
  const set = (key: string, note: string) =>
    change(({ [key]: _, ...others }) => (note ? { ...others, [key]: note } : others));
  return { noteOf: (key: string) => notes[key] ?? '', setNote: set };
}
