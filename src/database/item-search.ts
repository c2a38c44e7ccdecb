/** Looking for a text in items: in their labels and in all texts of their content, or in one field. */
import { badInput } from '../versioning/errors';
import { columnName, contentFields } from '../versioning/fields';
import type { FullPhase } from '../versioning/phase';
import type { Filter } from './pages';

/**
 * Whether a text has the pattern in it. The database may run in locale C, which knows upper and lower case of ASCII only. Upper
 * case, because more is the same in it: ß and SS, both forms of σ. Most texts are ASCII, which takes a tenth of the time.
 */
const containing = (text: string): string => `(select case
    when octet_length(t.t) = char_length(t.t) then t.t ilike $1 collate "C"
    when t.t is nfkc normalized then upper(t.t collate "und-x-icu") like $1
    else upper(normalize(t.t, nfkc) collate "und-x-icu") like $1 end from (select ${text} as t offset 0) t)`;

/** Whether a text somewhere within JSON has it. */
const inDocument = (column: string): string =>
  `exists (select from jsonb_path_query(${column}, 'strict $.**') t where jsonb_typeof(t) = 'string' and ${containing(`t.t #>> '{}'`)})`;

const MAX_SEARCH_LENGTH = 200;

/** A text that is looked for, as what it is looked for in is made; refuses one that is too long. */
function soughtIn(member: string, text: string): string {
  if (text.length > MAX_SEARCH_LENGTH)
    throw badInput(`\`${member}\` has at most ${MAX_SEARCH_LENGTH} characters; this has ${text.length}.`, {
      limit: MAX_SEARCH_LENGTH,
      actual: text.length,
    });
  return text.normalize('NFKC').toUpperCase();
}

const patternOf = (sought: string): string => `%${sought.replace(/[\\%_]/g, '\\$&')}%`;

/** Whether a field has a text in it, whatever its case; `isDocument` where the field is JSON. */
export const holding = (field: string, isDocument: boolean, text: string): Filter => ({
  sql: isDocument ? inDocument(field) : containing(field),
  parameters: [patternOf(soughtIn('contains', text))],
});

/** What is written otherwise in JSON than it is, or may grow together with what is written so. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const WRITTEN_OTHERWISE = /["\\\u0000-\u001f]|^\p{M}/u;

/**
 * Looks for a text in labels and in all texts of the content, also those inside JSON, whatever their case and however their
 * characters are composed.
 */
export function matching({ item }: FullPhase, text: string): Filter {
  const sought = soughtIn('search', text);
  const columns = contentFields(item.fields).map(([name, { kind }]) => ({ kind, column: `i.${columnName(name)}` }));
  const texts = columns.filter(({ kind }) => kind === 'text' || kind === 'enumeration');
  const documents = columns.filter(({ kind }) => kind === 'json' || kind === 'jsonList' || kind === 'textList');
  const inAnyText = [
    ...['i.label', ...texts.map(({ column }) => `${column}::text`)].map(containing),
    ...documents.map(({ column }) => inDocument(column)),
  ].join(' or ');
  // JSON is taken apart only where its notation has the text in it: nearly always, that is where the text is.
  const anywhere = containing(
    `concat_ws(e'\\n', i.label, ${[...texts, ...documents].map(({ column }) => `${column}::text`).join(', ')})`,
  );
  return {
    sql: WRITTEN_OTHERWISE.test(sought) ? inAnyText : `${anywhere} and (${inAnyText})`,
    parameters: [patternOf(sought)],
  };
}
