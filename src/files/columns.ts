/** The columns of a phase's items in a sheet. */
import { contentFields, type StoredField } from '../versioning/fields';
import { nameKey } from '../versioning/identity';
import type { Json, JsonObject } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';

export interface Column {
  /** The field's name in inputs and content. */
  readonly name: string;
  readonly title: string;
  readonly field: StoredField;
}

/** Columns about an item besides its content, which cannot be edited. */
export const KEY = 'Item key';
export const LABEL = 'Item';
export const STATUS = 'Review status';
/** The origin of each line, for text files, which have no hidden sheet. */
export const VERSION = 'Version';
export const AS_OF = 'As of';
/** All of these. */
export const ABOUT = [KEY, LABEL, STATUS, VERSION, AS_OF];
/** The header by which programs may give the key, as they may use a field's name. */
export const KEY_NAME = 'itemKey';

/** The content fields of a phase's items in order, with distinct titles; a code appears in its identity's column. */
export function columnsOf({ item }: FullPhase): Column[] {
  const taken = new Set(ABOUT.map(nameKey));
  const fields = contentFields(item.fields).filter(([, { codeOf }]) => codeOf === undefined);
  return fields.map(([name, field]) => {
    const title = taken.has(nameKey(field.label)) ? `${field.label} (${name})` : field.label;
    taken.add(nameKey(title));
    return { name, title, field };
  });
}

/** An item's value in a column: the code, if its identity was given as one. */
export const valueIn = (content: JsonObject, { name, field: { codedIn } }: Column): Json | undefined =>
  (codedIn === undefined ? null : content[codedIn]) ?? content[name];
