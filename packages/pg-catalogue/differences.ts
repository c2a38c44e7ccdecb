import { byText, isMain, isOn, type Catalogue } from './catalogue';
import { printDefinition } from './text';

/** An object that no migration made, and that may exist as long as it is unchanged. */
export interface CatalogueException {
  readonly object: string;
  readonly definition: string;
}

export interface Difference {
  readonly place: string;
  readonly object: string;
  readonly kind: 'missing' | 'unexpected' | 'changed';
  /** A sentence without its full stop. */
  readonly problem: string;
}

const quoted = (text: string | undefined): string =>
  text === undefined ? 'nothing' : `“${text.length > 160 ? `${text.slice(0, 160)} …` : text}”`;

/** How a property differs; for long texts, the first line that differs. */
function changeOf(aspect: string, expected: string | undefined, found: string | undefined): string {
  const [before, after] = [expected?.split('\n') ?? [], found?.split('\n') ?? []];
  if (expected === undefined || found === undefined || Math.max(before.length, after.length) < 2)
    return `${aspect}: found ${quoted(found)}, expected ${quoted(expected)}`;
  const line = Array.from({ length: Math.max(before.length, after.length) }).findIndex(
    (_, index) => before[index] !== after[index],
  );
  return `${aspect}, line ${line + 1}: found ${quoted(after[line]?.trim())}, expected ${quoted(before[line]?.trim())}`;
}

/** Every object that is missing, unexpected or changed, except for what is allowed. */
export function differencesOf(
  expected: Catalogue,
  live: Catalogue,
  exceptions: readonly CatalogueException[] = [],
): Difference[] {
  const allowed = new Map(exceptions.map(({ object, definition }) => [object, definition]));
  const found: Difference[] = [];
  for (const [object, { place, aspects }] of expected) {
    const there = live.get(object);
    if (!there) {
      found.push({ place, object, kind: 'missing', problem: `${object} is missing` });
      continue;
    }
    const changes = [...new Set([...aspects.keys(), ...there.aspects.keys()])]
      .filter((aspect) => aspects.get(aspect) !== there.aspects.get(aspect))
      .map((aspect) => changeOf(aspect, aspects.get(aspect), there.aspects.get(aspect)));
    if (changes.length > 0)
      found.push({ place, object, kind: 'changed', problem: `${object} is changed (${changes.join('; ')})` });
  }
  for (const [object, there] of live) {
    if (expected.has(object) || there.harmless) continue;
    const definition = allowed.get(object);
    if (definition === printDefinition(there)) continue;
    const why = definition === undefined ? 'no migration made it' : 'it is not as it was when it was allowed';
    found.push({ place: there.place, object, kind: 'unexpected', problem: `${object} is there, and ${why}` });
  }
  return withoutParts(found).sort((a, b) => byText(a.object, b.object));
}

/** Objects of a table that is itself missing or unexpected are not listed separately. */
function withoutParts(differences: readonly Difference[]): Difference[] {
  const wholes = differences.filter(({ kind, object }) => kind !== 'changed' && isMain(object));
  return differences.filter(
    ({ kind, object }) => !wholes.some((whole) => whole.kind === kind && isOn(object, whole.object)),
  );
}
