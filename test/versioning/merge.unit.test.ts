/** The merge held against a model that knows nothing of it: one rule for a value, applied to fields and to whole items. */
import fc from 'fast-check';
import { sameJson } from '../../src/versioning/diff';
import { merge, type MergeConflict, type Mergeable, type Merged, type Resolution } from '../../src/versioning/merge';
import type { Json, JsonObject } from '../../src/versioning/model';

// ── the model ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a side has: fields of the version, and items as a plain object. */
interface Side {
  content: JsonObject;
  items: Record<string, JsonObject>;
}
const ABSENT = Symbol('absent');
type Slot = Json | typeof ABSENT;
const CONFLICT = Symbol('conflict');

const same = (a: Slot, b: Slot): boolean => (a === ABSENT || b === ABSENT ? a === b : sameJson(a, b));

/** The whole of three-way merging. */
function three(base: Slot, ours: Slot, theirs: Slot): Slot | typeof CONFLICT {
  if (same(ours, theirs)) return ours;
  if (same(theirs, base)) return ours;
  if (same(ours, base)) return theirs;
  return CONFLICT;
}

interface Expected {
  readonly result: Side;
  /** `item path`. */
  readonly conflicts: Set<string>;
}

function model(base: Side, ours: Side, theirs: Side, side: (where: string) => 'OURS' | 'THEIRS'): Expected {
  const conflicts = new Set<string>();
  const decide = (where: string, b: Slot, o: Slot, t: Slot): Slot => {
    const found = three(b, o, t);
    if (found !== CONFLICT) return found;
    conflicts.add(where);
    return side(where) === 'OURS' ? o : t;
  };
  const object = (item: string, b: JsonObject, o: JsonObject, t: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.keys({ ...o, ...t }).map((name) => [
        name,
        decide(`${item} /${name}`, b[name] ?? null, o[name] ?? null, t[name] ?? null) as Json,
      ]),
    );
  const items: Record<string, JsonObject> = {};
  for (const key of Object.keys({ ...base.items, ...ours.items, ...theirs.items })) {
    const [b, o, t] = [base.items[key], ours.items[key], theirs.items[key]];
    const merged = o && t ? object(key, b ?? {}, o, t) : decide(`${key} `, b ?? ABSENT, o ?? ABSENT, t ?? ABSENT);
    if (merged !== ABSENT) items[key] = merged as JsonObject;
  }
  return { result: { content: object('', base.content, ours.content, theirs.content), items }, conflicts };
}

// ── what is made up ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Few values and few names, so that sides often agree. */
const value = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Json[]>(null, 'a', 'b', 1) },
  { weight: 1, arbitrary: fc.constantFrom<Json[]>({ x: 1, y: [1] }, { y: [1], x: 1 }, { y: [1] }, [1, 2], false, '') },
);
const fields = fc.record({ f: value, g: value, 'h/~': value });
const side: fc.Arbitrary<Side> = fc.record({
  content: fields,
  items: fc.dictionary(fc.constantFrom('k1', 'k2', 'k3', 'k4'), fields, { maxKeys: 4 }),
});
/** A side that has much in common with another. */
const near = (other: Side): fc.Arbitrary<Side> =>
  fc.record({ side, keep: fc.nat() }).map(({ side: made, keep }) => {
    let seed = keep;
    const next = () => ((seed = (seed * 1103515245 + 12345) % 2147483648) >> 16) & 3;
    const mixed = (old: JsonObject, fresh: JsonObject) =>
      Object.fromEntries(Object.keys(old).map((name) => [name, next() > 0 ? old[name]! : fresh[name]!]));
    const items: Record<string, JsonObject> = {};
    for (const key of Object.keys({ ...other.items, ...made.items })) {
      const [old, fresh] = [other.items[key], made.items[key]];
      if (!old) {
        if (next() === 0) items[key] = fresh!;
      } else if (next() > 0) items[key] = fresh ? mixed(old, fresh) : old;
    }
    return { content: mixed(other.content, made.content), items };
  });
const triple = side.chain((base) => fc.tuple(fc.constant(base), near(base), near(base)));

const asMergeable = ({ content, items }: Side): Mergeable => ({
  content,
  items: new Map(Object.entries(items).map(([key, item]) => [key, { label: `the ${key}`, content: item }])),
});
const merged = (base: Side, ours: Side, theirs: Side, resolutions?: readonly Resolution[]): Merged =>
  merge(asMergeable(base), asMergeable(ours), asMergeable(theirs), resolutions);

/** Ours as the merge leaves it. */
function applied(ours: Side, { content, items }: Merged): Side {
  const left = { ...ours.items };
  for (const [key, item] of items) {
    if (item === null) delete left[key];
    else left[key] = item;
  }
  return { content: { ...ours.content, ...content }, items: left };
}
const pointerOf = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
/** The model names fields as they are; the merge points at them. */
function pointed(where: string): string {
  const [item, path] = [where.slice(0, where.indexOf(' ')), where.slice(where.indexOf(' ') + 1)];
  return `${item} ${path && `/${pointerOf(path.slice(1))}`}`;
}
const placesOf = ({ conflicts }: Expected) => [...conflicts].map(pointed);
const placeOf = ({ itemKey, path }: Pick<MergeConflict, 'itemKey' | 'path'>) => `${itemKey ?? ''} ${path}`;
const resolved = (conflicts: readonly MergeConflict[], take: (where: string) => 'OURS' | 'THEIRS'): Resolution[] =>
  conflicts.map((conflict) => ({ itemKey: conflict.itemKey, path: conflict.path, take: take(placeOf(conflict)) }));

/** The same, whatever order keys are in. */
const expectSame = (one: Side, other: Side) =>
  expect(sameJson(one as never, other as never) || [one, other]).toBe(true);

const RUNS = { numRuns: 200 };

describe('whatever the three sides are,', () => {
  test('where theirs changed nothing, ours stays as it is', () => {
    fc.assert(
      fc.property(triple, ([base, ours]) => {
        const result = merged(base, ours, base);
        expect(result.conflicts).toEqual([]);
        expect(result.content).toEqual({});
        expect(result.items.size).toBe(0);
      }),
      RUNS,
    );
  });

  test('where ours changed nothing, it becomes theirs', () => {
    fc.assert(
      fc.property(triple, ([base, , theirs]) => {
        const result = merged(base, base, theirs);
        expect(result.conflicts).toEqual([]);
        expectSame(applied(base, result), theirs);
      }),
      RUNS,
    );
  });

  test('the conflicts are those of the model, each with its three values', () => {
    fc.assert(
      fc.property(triple, ([base, ours, theirs]) => {
        const { conflicts } = merged(base, ours, theirs);
        const places = conflicts.map(placeOf);
        expect(new Set(places).size).toBe(places.length);
        expect(places.sort()).toEqual(placesOf(model(base, ours, theirs, () => 'OURS')).sort());
        for (const { itemKey, label, path, ...values } of conflicts) {
          const name = path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
          expect(label).toBe(itemKey && `the ${itemKey}`);
          for (const [kind, from] of [
            ['base', base],
            ['ours', ours],
            ['theirs', theirs],
          ] as const) {
            const holder = itemKey === null ? from.content : from.items[itemKey];
            expect(values[kind]).toEqual((path === '' ? holder : holder?.[name]) ?? null);
          }
        }
      }),
      RUNS,
    );
  });

  test('what comes in is what the merge changes without a question, each with its three values', () => {
    fc.assert(
      fc.property(triple, ([base, ours, theirs]) => {
        const { conflicts, incoming } = merged(base, ours, theirs);
        const left = applied(
          ours,
          merged(
            base,
            ours,
            theirs,
            resolved(conflicts, () => 'OURS'),
          ),
        );
        const told = structuredClone(ours);
        for (const one of incoming) {
          const name = one.path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
          const of = ({ content, items }: Side) => (one.itemKey === null ? content : items[one.itemKey]);
          const valueIn = (side: Side) => (one.path === '' ? of(side) : of(side)?.[name]) ?? null;
          expect([one.base, one.ours, one.theirs]).toEqual([valueIn(base), valueIn(ours), valueIn(theirs)]);
          if (one.path !== '') of(told)![name] = one.theirs;
          else if (one.theirs === null) delete told.items[one.itemKey!];
          else told.items[one.itemKey!] = one.theirs as JsonObject;
        }
        expectSame(told, left);
        expect(new Set([...conflicts, ...incoming].map(placeOf)).size).toBe(conflicts.length + incoming.length);
      }),
      RUNS,
    );
  });

  test('the conflicts are the same from the other side', () => {
    fc.assert(
      fc.property(triple, ([base, ours, theirs]) => {
        const sorted = (conflicts: readonly MergeConflict[]) =>
          [...conflicts].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
        expect(sorted(merged(base, ours, theirs).conflicts)).toEqual(
          sorted(merged(base, theirs, ours).conflicts).map((conflict) => ({
            ...conflict,
            ours: conflict.theirs,
            theirs: conflict.ours,
          })),
        );
      }),
      RUNS,
    );
  });

  test('without conflicts, merging ours onto theirs and theirs onto ours gives the same', () => {
    fc.assert(
      fc.property(triple, ([base, ours, theirs]) => {
        const result = merged(base, ours, theirs);
        fc.pre(result.conflicts.length === 0);
        expectSame(applied(ours, result), applied(theirs, merged(base, theirs, ours)));
        expectSame(applied(ours, result), model(base, ours, theirs, () => 'OURS').result);
      }),
      RUNS,
    );
  });

  test('with every conflict resolved none is left, and each has exactly the side that was taken', () => {
    fc.assert(
      fc.property(triple, fc.integer({ min: 0, max: 255 }), ([base, ours, theirs], bits) => {
        const { conflicts } = merged(base, ours, theirs);
        const places = conflicts.map(placeOf);
        const take = (where: string) => ((bits >> (places.indexOf(where) % 8)) & 1 ? 'THEIRS' : 'OURS');
        const result = merged(base, ours, theirs, resolved(conflicts, take));
        expect(result.conflicts).toEqual([]);
        expect(result.unused).toEqual([]);
        expectSame(applied(ours, result), model(base, ours, theirs, (where) => take(pointed(where))).result);
      }),
      RUNS,
    );
  });

  test('nothing is called a change that is none, and nothing is in the result that neither side has', () => {
    fc.assert(
      fc.property(triple, fc.constantFrom('OURS' as const, 'THEIRS' as const), ([base, ours, theirs], take) => {
        const { conflicts } = merged(base, ours, theirs);
        const result = merged(
          base,
          ours,
          theirs,
          resolved(conflicts, () => take),
        );
        for (const [name, now] of Object.entries(result.content)) expect(sameJson(now, ours.content[name])).toBe(false);
        for (const [key, item] of result.items) {
          if (item === null) expect(ours.items[key]).toBeDefined();
          else expect(sameJson(item, ours.items[key])).toBe(false);
          for (const [name, now] of Object.entries(item ?? {}))
            expect(
              [ours.items[key]?.[name], theirs.items[key]?.[name]].some(
                (found) => found !== undefined && sameJson(found, now),
              ),
            ).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test('what nobody has decided yet stays ours', () => {
    fc.assert(
      fc.property(triple, ([base, ours, theirs]) => {
        expectSame(applied(ours, merged(base, ours, theirs)), model(base, ours, theirs, () => 'OURS').result);
      }),
      RUNS,
    );
  });

  test('with some conflicts resolved, the others are left', () => {
    fc.assert(
      fc.property(triple, fc.nat(), ([base, ours, theirs], n) => {
        const { conflicts } = merged(base, ours, theirs);
        fc.pre(conflicts.length > 0);
        const some = conflicts.filter((_, i) => (n >> (i % 20)) & 1);
        const result = merged(
          base,
          ours,
          theirs,
          resolved(some, () => 'THEIRS'),
        );
        expect(result.conflicts).toEqual(conflicts.filter((conflict) => !some.includes(conflict)));
        expect(result.unused).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('an item', () => {
  const only = (item: JsonObject | null): Side => ({ content: {}, items: item ? { k: item } : {} });
  const [b, o, t]: JsonObject[] = [
    { f: 1, g: 1 },
    { f: 2, g: 1 },
    { f: 1, g: 2 },
  ];

  test('that each side changed in another field has both changes', () => {
    expect(merged(only(b!), only(o!), only(t!)).items.get('k')).toEqual({ f: 2, g: 2 });
  });

  test('that one side removed and the other changed is a conflict about the whole item', () => {
    expect(merged(only(b!), only(null), only(t!)).conflicts).toEqual([
      { itemKey: 'k', label: 'the k', path: '', base: b, ours: null, theirs: t },
    ]);
    expect(merged(only(b!), only(o!), only(null)).conflicts).toEqual([
      { itemKey: 'k', label: 'the k', path: '', base: b, ours: o, theirs: null },
    ]);
    const take = (ours: Side, theirs: Side, side: 'OURS' | 'THEIRS') =>
      applied(ours, merged(only(b!), ours, theirs, [{ itemKey: 'k', path: '', take: side }])).items.k ?? null;
    expect(take(only(null), only(t!), 'OURS')).toBeNull();
    expect(take(only(null), only(t!), 'THEIRS')).toEqual(t);
    expect(take(only(o!), only(null), 'OURS')).toEqual(o);
    expect(take(only(o!), only(null), 'THEIRS')).toBeNull();
  });

  test('that both removed is gone, and one that only one side removed goes too', () => {
    for (const [ours, theirs] of [
      [null, null],
      [b!, null],
      [null, b!],
    ]) {
      const result = merged(only(b!), only(ours!), only(theirs!));
      expect(result.conflicts).toEqual([]);
      expect(applied(only(ours!), result).items).toEqual({});
    }
  });

  test('that both added is held field by field against nothing', () => {
    const { conflicts, items } = merged(only(null), only({ f: 1, g: null, h: 'x' }), only({ f: 2, g: 5, h: 'x' }));
    expect(conflicts).toEqual([{ itemKey: 'k', label: 'the k', path: '/f', base: null, ours: 1, theirs: 2 }]);
    expect(items.get('k')).toEqual({ f: 1, g: 5, h: 'x' });
  });
});

test('a resolution that no conflict asked for is named, and so is one for the wrong level', () => {
  const [base, ours, theirs]: Side[] = [
    { content: { f: 1 }, items: { k: { f: 1 } } },
    { content: { f: 2 }, items: { k: { f: 2 } } },
    { content: { f: 3 }, items: { k: { f: 1 } } },
  ];
  const given: Resolution[] = [
    { path: '/f', take: 'OURS' },
    { itemKey: 'k', path: '/f', take: 'OURS' },
    { itemKey: 'k', path: '', take: 'OURS' },
    { itemKey: null, path: '/g', take: 'THEIRS' },
  ];
  const result = merged(base!, ours!, theirs!, given);
  expect(result.conflicts).toEqual([]);
  expect(result.unused).toEqual(given.slice(1));
});
