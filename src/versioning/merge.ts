/**
 * Three-way merge of two people's changes to the same content, by item and field. A change made on one side only is taken; different
 * changes of the same thing are a conflict, which somebody has to resolve.
 */
import { pointer, sameJson } from './diff';
import type { Json, JsonObject } from './model';

export const mergeSides = ['OURS', 'THEIRS'] as const;
export type MergeSide = (typeof mergeSides)[number];

/** The content of a version: its own fields, and its items by key. */
export interface Mergeable {
  readonly content: JsonObject;
  readonly items: ReadonlyMap<string, MergeableItem>;
}
export interface MergeableItem {
  readonly label: string;
  readonly content: JsonObject;
}

/** A field or a whole item, with its value on each side. */
export interface MergeConflict {
  /** Null for a field of the version itself. */
  readonly itemKey: string | null;
  readonly label: string | null;
  /** RFC 6901 pointer to the field; empty if it is the item as a whole. */
  readonly path: string;
  readonly base: Json;
  readonly ours: Json;
  readonly theirs: Json;
}

export interface Resolution {
  readonly itemKey?: string | null;
  readonly path: string;
  readonly take: MergeSide;
}

export interface Merged {
  /** Unresolved conflicts; until resolved, our side stays. */
  readonly conflicts: readonly MergeConflict[];
  /** Changes of theirs that are taken without conflict, since our side left these parts alone. */
  readonly incoming: readonly MergeConflict[];
  /** The version's fields that change on our side. */
  readonly content: JsonObject;
  /** The items that change on our side: their new content, or null if they are removed. */
  readonly items: ReadonlyMap<string, JsonObject | null>;
  /** Resolutions without a conflict. */
  readonly unused: readonly Resolution[];
}

export const resolutionKey = ({ itemKey, path }: Pick<Resolution, 'itemKey' | 'path'>): string =>
  `${itemKey ?? ''} ${path}`;

export function merge(
  base: Mergeable,
  ours: Mergeable,
  theirs: Mergeable,
  resolutions: readonly Resolution[] = [],
): Merged {
  const asked = new Map(resolutions.map((resolution) => [resolutionKey(resolution), resolution]));
  const used = new Set<Resolution>();
  const conflicts: MergeConflict[] = [];
  const incoming: MergeConflict[] = [];
  /** The chosen side; records a conflict if nobody chose. */
  const decide = (conflict: MergeConflict): MergeSide | undefined => {
    const resolution = asked.get(resolutionKey(conflict));
    if (resolution) used.add(resolution);
    else conflicts.push(conflict);
    return resolution?.take;
  };

  /** The fields of ours that take their value. */
  const fields = (
    about: Pick<MergeConflict, 'itemKey' | 'label'>,
    was: JsonObject,
    mine: JsonObject,
    other: JsonObject,
  ): JsonObject => {
    const taken: JsonObject = {};
    for (const name of new Set([...Object.keys(mine), ...Object.keys(other)])) {
      const [b, o, t] = [was[name] ?? null, mine[name] ?? null, other[name] ?? null];
      if (sameJson(o, t) || sameJson(t, b)) continue;
      const field = { ...about, path: pointer(name), base: b, ours: o, theirs: t };
      const isLeftAlone = sameJson(o, b);
      if (isLeftAlone) incoming.push(field);
      if (isLeftAlone || decide(field) === 'THEIRS') taken[name] = t;
    }
    return taken;
  };

  const items = new Map<string, JsonObject | null>();
  for (const key of new Set([...ours.items.keys(), ...theirs.items.keys()])) {
    const [b, o, t] = [base.items.get(key), ours.items.get(key), theirs.items.get(key)];
    const label = (o ?? t)!.label;
    if (o && t) {
      const taken = fields({ itemKey: key, label }, b?.content ?? {}, o.content, t.content);
      if (Object.keys(taken).length > 0) items.set(key, { ...o.content, ...taken });
      continue;
    }
    const whole = {
      itemKey: key,
      label,
      path: '',
      base: b?.content ?? null,
      ours: o?.content ?? null,
      theirs: t?.content ?? null,
    };
    // Added by one side, or removed by one and left alone by the other: that side wins.
    const isUntouched = b === undefined || sameJson((o ?? t)!.content, b.content);
    const isTheirChange = b === undefined ? t !== undefined : o !== undefined;
    if (isUntouched && !isTheirChange) continue;
    if (isUntouched) incoming.push(whole);
    if (isUntouched || decide(whole) === 'THEIRS') items.set(key, whole.theirs);
  }
  const content = fields({ itemKey: null, label: null }, base.content, ours.content, theirs.content);
  return { conflicts, incoming, content, items, unused: resolutions.filter((resolution) => !used.has(resolution)) };
}
