/** The changes in an edited file, as the `putItems` input that makes them. */
import { keyOfIdentity } from '../services/phase-input';
import { badInput } from '../versioning/errors';
import type { StoredField } from '../versioning/fields';
import { idOfCode } from '../versioning/identity';
import type { JsonObject } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { isUuid } from '../uuid';
import { compare, type Comparison, type Items } from './compare';
import { readVersion, type Ask, type VersionFile } from './document';
import type { ReadSheet } from './sheet';
import { linesOf } from './sheet-of-items';

export interface FileChanges extends Comparison {
  readonly versionId: string;
  /** The revision that the changes apply to; putItems refuses them if the version has changed since. */
  readonly expectedRevision: number;
  /** The instant at which the file was made; null if it does not say, in which case everything is compared with the present. */
  readonly madeAt: string | null;
  /** Columns of the file that do not belong to items. */
  readonly notTaken: readonly string[];
  /** The phase's member in `items` and `changes`. */
  readonly member: string;
  /** The PutItemsInput for everything that is neither invalid nor in conflict; null if nothing changes. */
  readonly putItems: JsonObject | null;
}

const itemsIn = ({ items }: VersionFile): Items => new Map(items.map((item) => [item.itemKey, item]));

/** The id of an identity that may be given as a code. */
function idOf({ item }: FullPhase, identity: string): string {
  const field = item.fields[item.identity!] as StoredField;
  return field.codedIn !== undefined && !isUuid(identity) ? idOfCode(identity) : identity;
}

/** Refuses a file that does not match the base it names. */
function requireBase({ hashes }: ReadSheet, base: VersionFile): void {
  const known = new Map(base.items.map(({ itemKey, contentHash }) => [itemKey, contentHash]));
  const wrong = hashes.find(([itemKey, contentHash]) => known.get(itemKey) !== contentHash);
  if (wrong)
    throw badInput('The file does not fit what it says it was made from: its hidden sheet was changed. Export again.', {
      itemKey: wrong[0],
    });
}

function inputOf({ item }: FullPhase, { added, changed }: Comparison): JsonObject {
  const items = added.map(({ content }) => content);
  const changes = changed.map(({ itemKey, fields }) => ({
    itemKey,
    ...Object.fromEntries(Object.entries(fields).map(([name, { yours }]) => [name, yours])),
  }));
  return {
    ...(items.length > 0 && { items: { [item.input]: items } }),
    ...(changes.length > 0 && { changes: { [item.input]: changes } }),
  };
}

/** @param sheet what was read from the file sent for the version */
export async function changesIn(ask: Ask, versionId: string, sheet: ReadSheet): Promise<FileChanges> {
  const { origin } = sheet;
  if (origin && origin.versionId !== versionId)
    throw badInput(`The file was made from another version (${origin.versionId}). Send it to that one.`, {
      versionId: origin.versionId,
    });
  const current = await readVersion(ask, versionId);
  const { phase, masterRecordId, revision } = current;
  const base = origin ? await readVersion(ask, versionId, origin.at) : current;
  requireBase(sheet, base);
  const { lines, notTaken } = linesOf(phase, sheet);
  const comparison = compare(phase, lines, {
    base: itemsIn(base),
    current: itemsIn(current),
    keyOf: (identity) => keyOfIdentity(idOf(phase, identity), masterRecordId),
  });
  const input = inputOf(phase, comparison);
  return {
    versionId,
    expectedRevision: revision,
    madeAt: origin?.at ?? null,
    ...comparison,
    notTaken,
    member: phase.item.input,
    putItems: Object.keys(input).length > 0 ? { versionId, expectedRevision: revision, ...input } : null,
  };
}
