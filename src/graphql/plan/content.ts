import type { TextRow } from '../../database/connection/statements';
import { columnName, type FieldTable } from '../../versioning/fields';
import type { JsonObject } from '../../versioning/model';
import { contentIn } from './version-sources';

/** The content of a row that may be missing. */
export class Content {
  readonly #places: readonly number[];

  readonly #fields: ReturnType<typeof contentIn>;

  constructor(table: FieldTable, place: (expression: string) => number, row: string) {
    this.#fields = contentIn(table);
    this.#places = this.#fields.map(({ name }) => place(`${row}.${columnName(name)}`));
  }

  /** The fields whose texts differ from another content's; all fields without one. */
  of(row: TextRow, other?: Content): JsonObject {
    const content: JsonObject = {};
    this.#places.forEach((place, i) => {
      const text = row[place]!;
      if (other && text === row[other.#places[i]!]) return;
      const { name, value } = this.#fields[i]!;
      content[name] = text === null ? null : value(text);
    });
    return content;
  }
}
