/** Many large bodies at once are read a little of each at a time, so that whoever sends little is not behind them. */
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { readBytes } from '..';

const SENDERS = 4;
const BYTES = 16_000_000;

test('between two turns of the event loop no more than a few chunks of each body are read', async () => {
  const sockets: Socket[] = [];
  const read = () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
  const bodies: Promise<Buffer | null>[] = [];
  const server = createServer((incoming: IncomingMessage, response) => {
    bodies.push(readBytes(incoming, BYTES));
    void bodies.at(-1)!.finally(() => response.end());
  }).on('connection', (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  let most = 0;
  let before = 0;
  let isDone = false;
  const look = () => {
    most = Math.max(most, read() - before);
    before = read();
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  const body = Buffer.alloc(BYTES, 'x');
  const sent = () =>
    new Promise<void>((resolve, reject) => {
      const sending = request({ host: '127.0.0.1', port, method: 'POST', headers: { 'content-length': BYTES } });
      sending.on('error', reject).on('response', (response) => response.resume().on('end', resolve));
      sending.end(body);
    });
  await Promise.all(Array.from({ length: SENDERS }, sent));
  isDone = true;
  server.close();

  expect((await Promise.all(bodies)).map((received) => received!.equals(body))).toEqual(Array(SENDERS).fill(true));
  expect(most / SENDERS).toBeLessThan(2 ** 18);
});
