/**
 * Unified diffs of long texts. The search for the shortest diff can take long, and the texts come from users, so it is bounded by a number
 * of steps. A clock is not used: equal texts must always give equal diffs.
 */
import { diffArrays, FILE_HEADERS_ONLY, formatPatch } from 'diff';

export interface TextChange {
  /** The file name in the diff; starts with a slash. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export interface TextDiff {
  readonly text: string;
  /** Whether the search was cut off, so that a shorter diff may exist. */
  readonly isCoarse: boolean;
}

/** The number of context lines around a change. */
const CONTEXT_LINES = 3;

/** The maximum edit distance that the search tries. */
const MAX_EDITS = 300;
/** The maximum for texts with many lines, where each further edit may visit all lines again. */
const MAX_STEPS = 2_000_000;

/** Lines of the old text, from inclusive to exclusive, and the lines of the new text that replace them. */
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

/** Pairs of equal lines in both texts, in order, as many as the bounded search finds. */
function keptLines(oldLines: readonly string[], newLines: readonly string[]) {
  const kept: [old: number, now: number][] = [];
  const shorter = Math.min(oldLines.length, newLines.length);
  let start = 0;
  while (start < shorter && oldLines[start] === newLines[start]) kept.push([start, start++]);
  let end = 0;
  while (end < shorter - start && oldLines.at(-1 - end) === newLines.at(-1 - end)) end++;

  // Lines that occur in only one text cannot be part of a common subsequence. Removing them first leaves the result unchanged and usually
  // ends the search.
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

/** The gaps between the lines that are kept. */
function replacements(kept: readonly (readonly [number, number])[], oldEnd: number, newEnd: number): Replacement[] {
  const found: Replacement[] = [];
  let [from, newFrom] = [0, 0];
  for (const [to, newTo] of [...kept, [oldEnd, newEnd] as const]) {
    if (to > from || newTo > newFrom) found.push({ from, to, newFrom, newTo });
    [from, newFrom] = [to + 1, newTo + 1];
  }
  return found;
}

/** Merges replacements whose contexts touch. */
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
