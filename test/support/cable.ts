/** A connection between the server and its database that tests can cut, as real networks do. */
import net from 'node:net';

export interface Cable {
  /** The address of the database at this end. */
  readonly url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Cuts the connection that sends the next COMMIT: before it arrives, or after it was executed and before the answer arrives. */
  cutAtCommit(when: 'before' | 'after'): void;
  remove(): Promise<void>;
}

export async function layCable(databaseUrl: string): Promise<Cable> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let cutting: 'before' | 'after' | null = null;
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    let isCommitting = false;
    const end = () => {
      near.destroy();
      far.destroy();
      for (const socket of [near, far]) sockets.delete(socket);
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    near.on('data', (sent) => {
      if (cutting && sent.includes('commit\0')) {
        if (cutting === 'before') end();
        else isCommitting = true;
        cutting = null;
      }
      if (!far.destroyed) far.write(sent);
    });
    far.on('data', (answer) => {
      if (!isCommitting) near.write(answer);
      // Statements in the same packet are answered first.
      else if (answer.includes('COMMIT\0')) end();
    });
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', () => resolve()));
  await listen(0);
  const own = (server.address() as net.AddressInfo).port;
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(own);
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: url.href,
    cut,
    mend: () => listen(own),
    cutAtCommit: (when) => {
      cutting = when;
    },
    remove: () => (server.listening ? cut() : Promise.resolve()),
  };
}
