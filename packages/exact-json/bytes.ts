import { setImmediate } from 'node:timers/promises';

/** Who sends more waits for a turn of the event loop after each chunk: the chunks of many would come one after the other. */
const SHORT = 2 ** 16;

/** What a stream brings; null if that is more than so many bytes. */
export async function readBytes(
  stream: AsyncIterable<Buffer> & { destroy(): unknown },
  limit: number,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    // The rest is read and thrown away, so that the sender is still listening when it is told.
    if (size <= limit) chunks.push(chunk);
    else if (size > 4 * limit) stream.destroy();
    if (size > SHORT) await setImmediate();
  }
  return size <= limit ? Buffer.concat(chunks) : null;
}
