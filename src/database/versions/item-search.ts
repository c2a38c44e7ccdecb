/** Substring search in items: in labels and all texts of the content, or in one field. */
import { badInput } from '../../versioning/errors';
import { columnName, contentFields } from '../../versioning/fields';
import type { FullPhase } from '../../versioning/phase';
import type { Filter } from '../connection/pages';

/**
 * SQL for whether a text contains the pattern, ignoring case. The database may run in locale C, which folds ASCII only, so other texts are
 * compared in upper case under ICU; upper case folds more than lower case does (ß and SS, both forms of σ). Most texts are ASCII, for which
 * the first branch takes a tenth of the time.
 */
const containing = (text: string): string => `(select case
    when octet_length(t.t) = char_length(t.t) then t.t ilike $1 collate "C"
    when t.t is nfkc normalized then upper(t.t collate "und-x-icu") like $1
    else upper(normalize(t.t, nfkc) collate "und-x-icu") like $1 end from (select ${text} as t offset 0) t)`;

/** SQL for whether any string within a JSON document contains the pattern. */
const inDocument = (column: string): string =>
  `exists (select from jsonb_path_query(${column}, 'strict $.**') t where jsonb_typeof(t) = 'string' and ${containing(`t.t #>> '{}'`)})`;

const MAX_SEARCH_LENGTH = 200;

/** Normalizes the text that is searched for in the same way as the texts searched; refuses one that is too long. */
function soughtIn(member: string, text: string): string {
  if (text.length > MAX_SEARCH_LENGTH)
    throw badInput(`\`${member}\` has at most ${MAX_SEARCH_LENGTH} characters; this has ${text.length}.`, {
      limit: MAX_SEARCH_LENGTH,
      actual: text.length,
    });
  return text.normalize('NFKC').toUpperCase();
}

const patternOf = (sought: string): string => `%${sought.replace(/[\\%_]/g, '\\$&')}%`;

/** A filter for fields that contain a text, ignoring case; `isDocument` if the field is JSON. */
export const holding = (field: string, isDocument: boolean, text: string): Filter => ({
  sql: isDocument ? inDocument(field) : containing(field),
  parameters: [patternOf(soughtIn('contains', text))],
});

/** Characters that JSON escapes, and combining marks that may compose with an escaped character. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const WRITTEN_OTHERWISE = /["\\\u0000-\u001f]|^\p{M}/u;

/** Searches labels and all texts of the content, including those inside JSON, ignoring case and Unicode composition. */
export function matching({ item }: FullPhase, text: string): Filter {
  const sought = soughtIn('search', text);
  const columns = contentFields(item.fields).map(([name, { kind }]) => ({ kind, column: `i.${columnName(name)}` }));
  const texts = columns.filter(({ kind }) => kind === 'text' || kind === 'enumeration');
  const documents = columns.filter(({ kind }) => kind === 'json' || kind === 'jsonList' || kind === 'textList');
  const inAnyText = [
    ...['i.label', ...texts.map(({ column }) => `${column}::text`)].map(containing),
    ...documents.map(({ column }) => inDocument(column)),
  ].join(' or ');
  // A cheap test on the serialized JSON comes first; a document is taken apart only if its serialized form contains the text.
  const anywhere = containing(
    `concat_ws(e'\\n', i.label, ${[...texts, ...documents].map(({ column }) => `${column}::text`).join(', ')})`,
  );
  return {
    sql: WRITTEN_OTHERWISE.test(sought) ? inAnyText : `${anywhere} and (${inAnyText})`,
    parameters: [patternOf(sought)],
  };
}
