import type { Readable } from 'node:stream';

/** Who sends more waits for a turn of the event loop after each chunk: the chunks of many would come one after the other. */
const SHORT = 2 ** 16;

/** What a stream brings; null if that is more than so many bytes. Listened to, since an iterator costs more than a short text. */
export function readBytes(stream: Readable, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      // The rest is read and thrown away, so that the sender is still listening when it is told.
      if (size <= limit) chunks.push(chunk);
      else if (size > 4 * limit) stream.destroy();
      if (size <= SHORT) return;
      stream.pause();
      setImmediate(() => stream.resume());
    });
    stream.on('end', () => resolve(size <= limit ? Buffer.concat(chunks) : null));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('It ended before its end.')));
  });
}
