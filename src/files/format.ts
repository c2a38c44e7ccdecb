/** The file formats of items. */
import { readCsv, writeCsv } from './csv';
import type { ReadSheet, Sheet } from './sheet';
import { readXlsx, writeXlsx } from './xlsx';

interface Format {
  readonly mediaType: string;
  readonly write: (sheet: Sheet) => Buffer | Promise<Buffer>;
  readonly read: (bytes: Buffer) => ReadSheet | Promise<ReadSheet>;
}

export const formats = {
  xlsx: {
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    write: writeXlsx,
    read: readXlsx,
  },
  csv: { mediaType: 'text/csv; charset=utf-8', write: writeCsv, read: readCsv },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
