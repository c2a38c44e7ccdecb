/** Comma-separated values, for programs and for spreadsheets, which evaluate anything that looks like a formula. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Cell } from './cells';
import { AS_OF, VERSION } from './columns';
import { limitRows, LIMITS, linesOf, NoSheet, type ReadSheet, type Sheet } from './sheet';

/** Prefixes that spreadsheets evaluate, and the apostrophe that already marks a text. */
const FORMULA = /^[=+\-@\t\r']/;
const BOM = '\ufeff';

/** A text that would be evaluated gets a leading apostrophe, which is removed on reading. */
function written(cell: Cell): string {
  if (cell === null) return '';
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
}

const read = (text: string): Cell => (text === '' ? null : text.startsWith("'") ? text.slice(1) : text);

/** Every line contains its origin, because there is no hidden sheet. */
export function writeCsv({ columns, rows, origin }: Sheet): Buffer {
  const made = origin ? [origin.versionId, origin.at] : ['', ''];
  const lines = [
    [...columns.map(({ title }) => title), VERSION, AS_OF],
    ...rows.map((cells) => [...cells.map(written), ...made]),
  ];
  return Buffer.from(BOM + stringify(lines, { record_delimiter: '\r\n' }));
}

/** Decodes a file by its byte order mark, or as UTF-8. Invalid text is refused, because it would be lost. */
function textOf(bytes: Buffer): string {
  const mark = bytes.toString('latin1', 0, 2);
  const encoding = { '\xff\xfe': 'utf-16le', '\xfe\xff': 'utf-16be' }[mark] ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new NoSheet(
      `The file is not in ${encoding.toUpperCase()}: save it as “CSV UTF-8”, so that no letter is lost.`,
    );
  }
}

export function readCsv(bytes: Buffer): ReadSheet {
  if (bytes.length > LIMITS.bytes) throw new NoSheet(`The file is larger than ${LIMITS.bytes} bytes.`);
  const text = textOf(bytes);
  const [first = ''] = text.split('\n', 1);
  let lines: string[][];
  try {
    lines = parse(text, {
      relax_column_count: true,
      skip_empty_lines: false,
      to: LIMITS.rows + 2,
      // Tabs come from text pasted from a sheet, semicolons from locales in which the comma is the decimal separator.
      delimiter: ['\t', ';', ','].find((delimiter) => first.includes(delimiter)) ?? ',',
    });
  } catch {
    throw new NoSheet('This is not valid CSV: a quoted value does not end where it should.');
  }
  limitRows(lines.length);
  const { header, rows } = linesOf(lines.map((line) => line.map(read)));
  const [version, asOf] = [VERSION, AS_OF].map((title) => header.indexOf(title));
  const made = rows.find(({ cells }) => cells[version!] != null && cells[asOf!] != null)?.cells;
  return {
    header,
    rows,
    origin: made ? { versionId: String(made[version!]), at: String(made[asOf!]) } : null,
    hashes: [],
  };
}
