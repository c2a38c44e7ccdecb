/** Workbooks, written and read by libraries, with a hidden sheet that names their origin. */
import type { Blob } from 'node:buffer';
import type Stream from 'node:stream';
import { unzipSync, zipSync } from 'fflate';
import readExcelFile from 'read-excel-file/node';
import writeExcelFile, { type CellObject, type Feature, type SheetData } from 'write-excel-file/node';
import type { Cell } from './cells';
import { NO_TIME } from './pack/archive';
import { limitRows, LIMITS, linesOf, NoSheet, type ReadSheet, type Sheet, type SheetColumn } from './sheet';

const ORIGIN = 'PhaseLedger';
const COLUMNS = 'Columns';

/** The hidden sheet, for programs only. */
const hidden: Feature<Stream | Buffer | Blob> = {
  files: {
    transform: {
      'xl/workbook.xml': {
        transformElementAttributes: (tag, attributes) =>
          tag === 'sheet' && attributes.name === ORIGIN ? { ...attributes, state: 'hidden' } : attributes,
      },
    },
  },
};

const head = (value: string): CellObject => ({ value, type: String, fontWeight: 'bold', backgroundColor: '#e8edf2' });
const text = (value: string): CellObject => ({ value, type: String });

/** A text is always written as a text, whatever it begins with, so that it is never evaluated as a formula. */
function cellOf(value: Cell, { isReadOnly }: SheetColumn): CellObject | null {
  if (value === null) return null;
  const look = { alignVertical: 'top', ...(isReadOnly && { textColor: '#5a6672' }) } as const;
  if (value instanceof Date) return { ...look, value, type: Date, format: 'yyyy-mm-dd' };
  if (typeof value === 'number') return { ...look, value, type: Number };
  if (typeof value === 'boolean') return { ...look, value, type: Boolean };
  return { ...look, value, type: String, wrap: true };
}

const widthOf = ({ kind, isLong, title }: SheetColumn): number =>
  isLong || kind.startsWith('json') ? 48 : Math.max(title.length + 2, kind === 'text' || kind === 'textList' ? 26 : 14);

export async function writeXlsx({ title, columns, rows, origin, hashes }: Sheet): Promise<Buffer> {
  const items: SheetData = [
    columns.map(({ title }) => head(title)),
    ...rows.map((cells) => cells.map((cell, index) => cellOf(cell, columns[index]!))),
  ];
  const help: SheetData = [
    [head('Column'), head('What it takes')],
    ...columns.map(({ title, help }) => [text(title), { ...text(help), wrap: true }]),
  ];
  const made: SheetData = [
    [text('versionId'), text(origin?.versionId ?? '')],
    [text('asOf'), text(origin?.at ?? '')],
    ...hashes.map(([itemKey, contentHash]) => [text(itemKey), text(contentHash)]),
  ];
  const written = await writeExcelFile(
    [
      { data: items, sheet: title, columns: columns.map((one) => ({ width: widthOf(one) })), stickyRowsCount: 1 },
      { data: help, sheet: COLUMNS, columns: [{ width: 28 }, { width: 90 }] },
      { data: made, sheet: ORIGIN },
    ],
    { features: [hidden] },
  ).toBuffer();
  // The library records the time of writing; it is removed, so that the same items give identical bytes.
  return Buffer.from(zipSync(unzipSync(written), { mtime: NO_TIME }));
}

/** Refuses decompression bombs before unpacking, by the sizes in the zip directory, for which a reader would allocate memory. */
function holdSize(bytes: Uint8Array): void {
  let [size, files] = [0, 0];
  unzipSync(bytes, {
    filter({ originalSize }) {
      size += originalSize;
      files += 1;
      return false;
    },
  });
  if (size > LIMITS.bytes || files > LIMITS.files)
    throw new NoSheet(`The workbook is too large: unpacked, at most ${LIMITS.bytes} bytes are read.`);
}

const noWorkbook = () => new NoSheet('This workbook cannot be read. Send it as it was saved, as .xlsx.');

async function sheetsOf(bytes: Buffer) {
  try {
    holdSize(bytes);
    return await readExcelFile(bytes, { trim: false });
  } catch (error) {
    if (error instanceof NoSheet) throw error;
    throw noWorkbook();
  }
}

export async function readXlsx(bytes: Buffer): Promise<ReadSheet> {
  const sheets = await sheetsOf(bytes);
  const items = sheets.find(({ sheet }) => sheet !== ORIGIN && sheet !== COLUMNS);
  if (!items) throw noWorkbook();
  limitRows(items.data.length);
  const [version, asOf, ...hashes] = sheets.find(({ sheet }) => sheet === ORIGIN)?.data ?? [];
  const [versionId, at] = [version?.[1], asOf?.[1]].map((cell) => (cell == null ? '' : String(cell)));
  return {
    ...linesOf(items.data as unknown as Cell[][]),
    origin: versionId && at ? { versionId, at } : null,
    hashes: hashes.map(([itemKey, contentHash]) => [String(itemKey), String(contentHash)] as const),
  };
}
