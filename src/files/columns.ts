/** The columns of a phase's items in a sheet. */
import { contentFields, type StoredField } from '../versioning/fields';
import { nameKey } from '../versioning/identity';
import type { Json, JsonObject } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';

export interface Column {
  /** Its name in inputs and in content. */
  readonly name: string;
  readonly title: string;
  readonly field: StoredField;
}

/** What is said of an item beside its content; nobody changes it here. */
export const KEY = 'Item key';
export const LABEL = 'Item';
export const STATUS = 'Review status';
/** In texts, which have no hidden sheet: what each line was made from. */
export const VERSION = 'Version';
export const AS_OF = 'As of';
/** All of these. */
export const ABOUT = [KEY, LABEL, STATUS, VERSION, AS_OF];
/** What programs call the key, as they may call a field by its name. */
export const KEY_NAME = 'itemKey';

/** The content fields of a phase's items, in their order, under titles that differ; a code stands where its identity does. */
export function columnsOf({ item }: FullPhase): Column[] {
  const taken = new Set(ABOUT.map(nameKey));
  const fields = contentFields(item.fields).filter(([, { codeOf }]) => codeOf === undefined);
  return fields.map(([name, field]) => {
    const title = taken.has(nameKey(field.label)) ? `${field.label} (${name})` : field.label;
    taken.add(nameKey(title));
    return { name, title, field };
  });
}

/** What an item holds in a column: the code, where its identity was given by one. */
export const valueIn = (content: JsonObject, { name, field: { codedIn } }: Column): Json | undefined =>
  (codedIn === undefined ? null : content[codedIn]) ?? content[name];
