import net from 'node:net';

/** Sends raw bytes in pieces, and returns what came back until the other side closed, or until nothing more came for a while. */
export function exchange(
  url: string,
  pieces: readonly (string | Buffer)[],
  { closeAfterMs = 300_000, destroyAfterMs }: { closeAfterMs?: number; destroyAfterMs?: number } = {},
): Promise<{ text: string; ms: number; closed: boolean }> {
  const { hostname, port } = new URL(url);
  const began = performance.now();
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect(Number(port), hostname);
    const done = (closed: boolean) => {
      clearTimeout(patience);
      socket.destroy();
      resolve({ text, ms: performance.now() - began, closed });
    };
    const patience = setTimeout(() => done(false), closeAfterMs);
    socket.on('error', () => done(true));
    socket.on('close', () => done(true));
    socket.on('data', (chunk) => (text += chunk.toString('utf8')));
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece);
      if (destroyAfterMs !== undefined) setTimeout(() => done(true), destroyAfterMs);
    });
  });
}
