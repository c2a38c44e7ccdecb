import type { Readable } from 'node:stream';

/** Larger texts yield to the event loop after each chunk, since the chunks of a large body would otherwise be handled back to back. */
const SHORT = 2 ** 16;

/** Reads a stream; null if it exceeds the limit. Uses events, since an async iterator costs more than reading a short text. */
export function readBytes(stream: Readable, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      // The rest is drained, so that the sender is still reading when the error is sent.
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
