import { diffWordsWithSpace } from 'diff';

export interface Run {
  value: string;
  kind: 'kept' | 'added' | 'removed';
}

export const words = (text: string): number => text.trim().split(/\s+/).filter(Boolean).length;

/** One or two words that happen to stay between two changes belong to the change: what then stays is what a person would say stayed. */
const FEW = 3;

/** What changed between two texts, word by word, but not as confetti. */
export function wordRuns(before: string, after: string): Run[] {
  const parts = diffWordsWithSpace(before, after);
  const runs: Run[] = [];
  let removed = '';
  let added = '';
  const flush = () => {
    // "dates." becomes "dates until then.": the stop stayed.
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
