/** What a worker does: one file, written or read. */
import { formats, type FormatName } from './format';
import { NoSheet, type ReadSheet, type Sheet } from './sheet';

export type FileWork =
  { readonly format: FormatName; readonly write: Sheet } | { readonly format: FormatName; readonly read: Uint8Array };
/** What is wrong with a file is an answer: an error that crosses threads is not the one that was thrown. */
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
