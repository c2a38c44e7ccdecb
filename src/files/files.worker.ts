/** The worker: writes or reads one file. */
import { formats, type FormatName } from './format';
import { NoSheet, type ReadSheet, type Sheet } from './sheet';

export type FileWork =
  { readonly format: FormatName; readonly write: Sheet } | { readonly format: FormatName; readonly read: Uint8Array };
/** Problems with a file are returned as a result, because errors lose their class between threads. */
export type FileDone = Uint8Array | ReadSheet | { readonly noSheet: string };

export default async (work: FileWork): Promise<FileDone> => {
  const { write, read } = formats[work.format];
  try {
    return 'write' in work ? await write(work.write) : await read(Buffer.from(work.read));
  } catch (error) {
    if (error instanceof NoSheet) return { noSheet: error.message };
    throw error;
  }
};
