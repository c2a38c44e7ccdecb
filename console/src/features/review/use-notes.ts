import { useState } from 'react';

/** Notes that were typed and not sent yet: they outlast a reload, and a sign-in that ended. */
export function useNotes(versionId: string) {
  const kept = `phaseledger.notes.${versionId}`;
  const [notes, setNotes] = useState(() => JSON.parse(localStorage.getItem(kept) ?? '{}') as Record<string, string>);
  const set = (key: string, note: string) =>
    setNotes((previous) => {
      const next = { ...previous, [key]: note };
      if (!note) delete next[key];
      if (Object.keys(next).length > 0) localStorage.setItem(kept, JSON.stringify(next));
      else localStorage.removeItem(kept);
      return next;
    });
  return { noteOf: (key: string) => notes[key] ?? '', setNote: set };
}
