import { diffWordsWithSpace } from 'diff';

export interface Run {
  value: string;
  kind: 'kept' | 'added' | 'removed';
}

export const words = (text: string): number => text.trim().split(/\s+/).filter(Boolean).length;

/** One or two unchanged words between two changes count as changed, so that what is marked as kept is what a reader would call kept. */
const FEW = 3;

/** The changes between two texts by runs of words. */
export function wordRuns(before: string, after: string): Run[] {
  const parts = diffWordsWithSpace(before, after);
  const runs: Run[] = [];
  let removed = '';
  let added = '';
  const flush = () => {
    // Punctuation is compared separately: "dates." → "dates until then." keeps the full stop.
    if (/^\W$/.test(removed) && added.endsWith(removed)) {
      runs.push({ value: added.slice(0, -1), kind: 'added' }, { value: removed, kind: 'kept' });
      removed = added = '';
    }
    if (removed) runs.push({ value: removed, kind: 'removed' });
    if (added) runs.push({ value: added, kind: 'added' });
    removed = added = '';
  };
  parts.forEach((part, index) => {
    const isBetween = (removed !== '' || added !== '') && index < parts.length - 1;
    if (part.removed) removed += part.value;
    else if (part.added) added += part.value;
    else if (isBetween && words(part.value) < FEW) {
      removed += part.value;
      added += part.value;
    } else {
      flush();
      runs.push({ value: part.value, kind: 'kept' });
    }
  });
  flush();
  return runs;
}
