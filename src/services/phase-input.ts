/**
 * Turns a client's input for a phase into content: selects the phase's member, converts every field to its stored form, and assigns keys
 * and labels.
 */
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import { labelsInPhase, withHash, type HashedItem } from '../database/versions/item-writes';
import type { Db } from '../database/connection/database';
import { fullPhaseOf } from '../phases';
import { badInput } from '../versioning/errors';
import { idOfCode, identityKey, isBlank, isCode, nameKey, tidied } from '../versioning/identity';
import { contentFields, isAlwaysSet, type FieldTable, type StoredField } from '../versioning/fields';
import type { Json, JsonObject } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { isUuid } from '../uuid';

type Members<T> = Readonly<Record<string, T | null | undefined>>;
export type ContentInput = Members<object>;
export type ItemsInput = Members<readonly object[]>;
type Raw = Readonly<Record<string, unknown>>;

/** The only member of a @oneOf input, which must be the phase's own. */
export function memberOf<T>(phase: FullPhase, argument: string, member: string, input: Members<T>): T {
  const given = Object.keys(input).filter((key) => input[key] !== undefined);
  const value = input[member];
  if (given.length !== 1 || value === undefined || value === null)
    throw badInput(
      `${phase.title} takes its ${argument} as \`${member}\`, and nothing beside it; you sent ${given.join(', ') || 'nothing'}.`,
      { argument },
    );
  return value;
}

function stored(value: unknown, { kind }: StoredField): Json {
  if (!(value instanceof Date)) return (value ?? null) as Json;
  return kind === 'date' ? value.toISOString().slice(0, 10) : value.toISOString();
}

/** Refuses blank texts in fields that `needed` selects. */
export function requireTexts(
  fields: FieldTable,
  content: JsonObject,
  needed: (field: StoredField) => boolean,
  where?: string,
): void {
  for (const [name, field] of contentFields(fields)) {
    const value = content[name];
    if (needed(field) && typeof value === 'string' && isBlank(value))
      throw badInput(`${where ? `${where}: ` : ''}${field.label} (${name}) must not be blank.`, { argument: name });
  }
}

/** Replaces texts with their suggested spelling, and refuses texts that are not among the suggestions of fields that demand them. */
function asSuggested(fields: FieldTable, content: JsonObject, where: string): JsonObject {
  const said = contentFields(fields).flatMap(([name, { onlySuggested, suggestions = [] }]) => {
    const value = content[name] ?? null;
    if (!onlySuggested || value === null) return [];
    const key = nameKey(value as string);
    const meant = suggestions.find((suggested) => nameKey(suggested) === key);
    if (meant === undefined)
      throw badInput(`${where}: ${name} is one of ${suggestions.join(', ')}.`, {
        argument: name,
        allowed: suggestions,
      });
    return [[name, meant] as const];
  });
  return said.length === 0 ? content : { ...content, ...Object.fromEntries(said) };
}

/** The input with codes resolved to UUIDs, the codes kept beside them. */
function decoded(table: FieldTable, raw: Raw, where: string): Raw {
  let read = raw;
  for (const [name, { codedIn }] of contentFields(table)) {
    if (codedIn === undefined) continue;
    const id = raw[name];
    const sentAsCode = typeof id === 'string' && !isUuid(id);
    const said = sentAsCode ? id : raw[codedIn];
    if (typeof said !== 'string') continue;
    const code = tidied(said);
    if (!isCode(code))
      throw badInput(`${where}: a code (${codedIn}) has up to 100 characters on one line, and is not a UUID.`, {
        argument: codedIn,
      });
    const meant = idOfCode(code);
    const beside = raw[codedIn];
    const isSame =
      (sentAsCode || id === undefined || id === meant) &&
      (typeof beside !== 'string' || identityKey(beside) === identityKey(code));
    if (!isSame)
      throw badInput(
        `${where}: ${name} and ${codedIn} name two different things; send one of them. The code ${code} stands for ${meant}.`,
        { argument: codedIn, [name]: meant },
      );
    read = { ...read, [name]: meant, [codedIn]: code };
  }
  return read;
}

/** The name by which people know an identity: its code, if it has one. */
const knownBy = ({ item }: FullPhase, content: JsonObject): string => {
  const field = item.fields[item.identity!] as StoredField;
  return ((field.codedIn && content[field.codedIn]) ?? content[item.identity!]) as string;
};

/** Every field of a table, in its stored form. */
export function contentFrom(table: FieldTable, sent: Raw, where: string): JsonObject {
  const raw = decoded(table, sent, where);
  const content = Object.fromEntries(
    contentFields(table).map(([name, field]) => [name, stored(raw[name] ?? field.fallback, field)]),
  );
  requireTexts(table, content, isAlwaysSet, where);
  return asSuggested(table, content, where);
}

/** The fields that were sent. Omitted ones stay as they are; an explicit null clears. */
export function contentChanges(phase: FullPhase, input: ContentInput): JsonObject {
  const raw = memberOf(phase, 'content', phase.version.input, input) as Raw;
  const content = contentFrom(phase.version.fields, raw, phase.title);
  return Object.fromEntries(Object.entries(content).filter(([name]) => raw[name] !== undefined));
}

/** The fields of an item that were sent, in their stored form. An explicit null clears, if the field is optional. */
export function itemFieldsSent(table: FieldTable, sent: Raw, where: string): JsonObject {
  const raw = decoded(table, sent, where);
  const given = contentFields(table).flatMap(([name, field]) => {
    if (raw[name] === undefined) return [];
    const value = stored(raw[name] ?? field.fallback, field);
    if (value === null && isAlwaysSet(field))
      throw badInput(`${where}: ${field.label} (${name}) is always set: leave it out, so that it stays as it is.`, {
        argument: name,
      });
    return [[name, value] as const];
  });
  const content = Object.fromEntries(given);
  requireTexts(table, content, isAlwaysSet, where);
  return asSuggested(table, content, where);
}

/** The names of the fields that were sent, valid or not. */
export const fieldsSent = (phase: FullPhase, input: ContentInput): string[] =>
  Object.entries(input[phase.version.input] ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [name]));

/**
 * Refuses content whose fields contradict each other according to the phase's declaration.
 * @param say phrases the problem to fit the source of the content
 */
export function requireConsistent(
  { version }: FullPhase,
  content: JsonObject,
  say = (problem: string) => problem,
): void {
  const problem = version.check?.(content);
  if (problem) throw badInput(say(problem));
}

/** An item as sent, with its existing or new key. */
export interface SentItem {
  readonly content: JsonObject;
  readonly identity: string | undefined;
  readonly itemKey: string;
  /** Whether it replaces an existing item: it must, if a key was sent; with an identity it may, if the caller allows it. */
  readonly replaces: 'ALWAYS' | 'IF_THERE' | 'NEVER';
}

/** The key derived from an item's identity within its record. */
export const keyOfIdentity = (identity: string, masterRecordId: string): string =>
  uuidv5(identityKey(identity), masterRecordId);

/** The key of an item: the one that was sent, or the one derived from its identity, which must agree if both are given. */
export function keySent(
  { item }: FullPhase,
  masterRecordId: string,
  { itemKey, identity }: { readonly itemKey: unknown; readonly identity: string | undefined },
  index: number,
): string | null {
  const givenKey = (itemKey ?? null) as string | null;
  const derivedKey = identity === undefined ? null : keyOfIdentity(identity, masterRecordId);
  if (givenKey && derivedKey && givenKey !== derivedKey)
    throw badInput(
      `Item ${index + 1}: itemKey ${givenKey} belongs to another ${item.identity}. An item's ${item.identity} cannot be changed; remove the item and add another.`,
      { index, itemKey: givenKey },
    );
  return givenKey ?? derivedKey;
}

/** Refuses items that are sent twice. */
export function requireDistinct(sent: readonly { readonly itemKey: string }[]): void {
  const seen = new Set<string>();
  for (const [index, { itemKey }] of sent.entries()) {
    if (seen.has(itemKey))
      throw badInput(`Item ${index + 1} appears twice in this request (itemKey ${itemKey}).`, { index, itemKey });
    seen.add(itemKey);
  }
}

/**
 * The items as sent. An item with an itemKey replaces the one that has it; one without is added, under the key derived from its identity if
 * the phase has one. Duplicate keys are refused.
 * @param replaceExisting whether an item without an itemKey replaces the one with the same identity, if there is one
 */
export function itemsSent(
  phase: FullPhase,
  masterRecordId: string,
  input: ItemsInput,
  replaceExisting = false,
): SentItem[] {
  const { item } = phase;
  const raw = memberOf(phase, 'items', item.input, input) as readonly Raw[];
  if (raw.length === 0) throw badInput(`\`${item.input}\` is empty: send at least one item.`);
  const sent = raw.map((fields, index) => {
    const given = contentFrom(item.fields, fields, `Item ${index + 1}`);
    const identity = item.identity && tidied(given[item.identity] as string);
    const content = identity === undefined ? given : { ...given, [item.identity!]: identity };
    const itemKey = keySent(phase, masterRecordId, { itemKey: fields.itemKey, identity }, index) ?? uuidv7();
    const replaces = fields.itemKey != null ? 'ALWAYS' : replaceExisting ? 'IF_THERE' : 'NEVER';
    return { content, identity, itemKey, replaces } as const;
  });
  requireDistinct(sent);
  return sent;
}

/** Refuses unknown keys, and identities that exist already. */
export function requireKeys(
  phase: FullPhase,
  sent: readonly SentItem[],
  existing: Pick<ReadonlySet<string>, 'has'>,
): void {
  for (const [index, { itemKey, replaces, content }] of sent.entries()) {
    if (replaces === 'ALWAYS' && !existing.has(itemKey))
      throw badInput(
        `Item ${index + 1}: this version has no item with itemKey ${itemKey}. Leave itemKey out to add an item.`,
        { index, itemKey },
      );
    if (replaces === 'NEVER' && existing.has(itemKey))
      throw badInput(
        `Item ${index + 1}: ${phase.item.identity} ${knownBy(phase, content)} is in this version already. Send its itemKey (${itemKey}) to replace it, or change it (putItems: \`changes\`).`,
        { index, itemKey },
      );
  }
}

/** Adds labels and hashes, so that the items can be written. */
export async function labelled(
  db: Db,
  phase: FullPhase,
  streamId: string,
  sent: readonly SentItem[],
): Promise<HashedItem[]> {
  const { label } = phase.item;
  const labels =
    typeof label === 'function'
      ? null
      : await labelsInPhase(
          db,
          fullPhaseOf(label.sameIdentityIn),
          streamId,
          sent.map(({ identity }) => identity),
        );
  return sent.map(({ itemKey, content, identity }) =>
    withHash({
      itemKey,
      content,
      label: typeof label === 'function' ? label(content) : (labels!.get(identity) ?? knownBy(phase, content)),
    }),
  );
}

/** Refuses keys for which the version has no item; the error names them all. */
export function requireItems(keys: readonly string[], existing: Pick<ReadonlySet<string>, 'has'>): void {
  const unknown = keys.filter((key) => !existing.has(key));
  if (unknown.length > 0)
    throw badInput(`This version has no item with itemKey ${unknown[0]}.`, { unknownItemKeys: unknown });
}
