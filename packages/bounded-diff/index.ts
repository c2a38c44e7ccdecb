/**
 * The difference of two long texts as a unified diff. How long a search for the shortest one takes depends on the texts, and
 * anybody may write those; so the search is bounded, by steps and not by the clock: the same texts have the same diff for ever.
 */
import { diffArrays, FILE_HEADERS_ONLY, formatPatch } from 'diff';

export interface TextChange {
  /** Names the text in the diff; begins with a slash. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export interface TextDiff {
  readonly text: string;
  /** Whether there may be a shorter one, for which the search was given up. */
  readonly isCoarse: boolean;
}

/** Lines around a change that show where it is. */
const CONTEXT_LINES = 3;

/** How many lines a diff may remove and add again, before the search for it is given up. */
const MAX_EDITS = 300;
/** The same for many lines: each edit may have to pass all of them once more. */
const MAX_STEPS = 2_000_000;

/** Lines of the old text, from inclusive to exclusive, and those of the new one that came in their place. */
interface Replacement {
  readonly from: number;
  to: number;
  readonly newFrom: number;
  newTo: number;
}

export function unifiedDiff({ path, before, after }: TextChange): TextDiff {
  const oldLines = before.split('\n');
  const newLines = after.split('\n');
  const { kept, isCoarse } = keptLines(oldLines, newLines);
  const header = formatPatch(
    { oldFileName: `a${path}`, newFileName: `b${path}`, oldHeader: undefined, newHeader: undefined, hunks: [] },
    FILE_HEADERS_ONLY,
  );
  const lines = hunks(replacements(kept, oldLines.length, newLines.length)).flatMap((changes) =>
    hunkLines(changes, oldLines, newLines),
  );
  return { text: header + lines.map((line) => `${line}\n`).join(''), isCoarse };
}

/** Pairs of equal lines in both texts, as many as the search finds, in their order. */
function keptLines(oldLines: readonly string[], newLines: readonly string[]) {
  const kept: [old: number, now: number][] = [];
  const shorter = Math.min(oldLines.length, newLines.length);
  let start = 0;
  while (start < shorter && oldLines[start] === newLines[start]) kept.push([start, start++]);
  let end = 0;
  while (end < shorter - start && oldLines.at(-1 - end) === newLines.at(-1 - end)) end++;

  // A line that only one of the texts has is in no common sequence: without those the search is the same, and mostly over.
  const middle = (lines: readonly string[], others: readonly string[]) => {
    const known = new Set(others.slice(start, others.length - end));
    return Array.from(lines.keys()).filter((n) => n >= start && n < lines.length - end && known.has(lines[n]!));
  };
  const [olds, news] = [middle(oldLines, newLines), middle(newLines, oldLines)];
  const changes = diffArrays(
    olds.map((n) => oldLines[n]!),
    news.map((n) => newLines[n]!),
    { maxEditLength: Math.min(MAX_EDITS, Math.floor(MAX_STEPS / (olds.length + news.length + 1))) },
  );
  let [a, b] = [0, 0];
  for (const { added, removed, count } of changes ?? []) {
    if (!added && !removed) for (let n = 0; n < count; n++) kept.push([olds[a + n]!, news[b + n]!]);
    if (!added) a += count;
    if (!removed) b += count;
  }
  for (; end > 0; end--) kept.push([oldLines.length - end, newLines.length - end]);
  return { kept, isCoarse: changes === undefined };
}

/** What lies between the lines that are kept. */
function replacements(kept: readonly (readonly [number, number])[], oldEnd: number, newEnd: number): Replacement[] {
  const found: Replacement[] = [];
  let [from, newFrom] = [0, 0];
  for (const [to, newTo] of [...kept, [oldEnd, newEnd] as const]) {
    if (to > from || newTo > newFrom) found.push({ from, to, newFrom, newTo });
    [from, newFrom] = [to + 1, newTo + 1];
  }
  return found;
}

/** Replacements whose contexts touch are shown together. */
function hunks(found: readonly Replacement[]): Replacement[][] {
  const together: Replacement[][] = [];
  for (const [i, replacement] of found.entries()) {
    if (i > 0 && replacement.from - found[i - 1]!.to <= 2 * CONTEXT_LINES) together.at(-1)!.push(replacement);
    else together.push([replacement]);
  }
  return together;
}

function hunkLines(
  changes: readonly Replacement[],
  oldLines: readonly string[],
  newLines: readonly string[],
): string[] {
  const [first, last] = [changes[0]!, changes.at(-1)!];
  const before = Math.min(CONTEXT_LINES, first.from);
  const after = Math.min(CONTEXT_LINES, oldLines.length - last.to);
  const range = (from: number, to: number) => `${from - before + 1},${to + after - from + before}`;
  const lines = [`@@ -${range(first.from, last.to)} +${range(first.newFrom, last.newTo)} @@`];
  const add = (sign: string, from: readonly string[], start: number, end: number) => {
    for (let n = start; n < end; n++) lines.push(sign + from[n]!);
  };
  let shown = first.from - before;
  for (const { from, to, newFrom, newTo } of changes) {
    add(' ', oldLines, shown, from);
    add('-', oldLines, from, to);
    add('+', newLines, newFrom, newTo);
    shown = to;
  }
  add(' ', oldLines, shown, last.to + after);
  return lines;
}
