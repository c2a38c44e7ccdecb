/**
 * What is between a server and its database, and can go wrong at a chosen message: it reads PostgreSQL's protocol as far as to know
 * where one message of the server ends and the next begins.
 */
import net from 'node:net';
import { chance } from '../support/chance';
import { seed } from '../support/effort';

/** Tells the messages of a server apart: a start without a type, then a type and a length each. */
class Messages {
  #rest: Buffer = Buffer.alloc(0);
  #isStarted = false;

  /** How many messages ended with a piece of what was sent. */
  ended(piece: Buffer): number {
    this.#rest = Buffer.concat([this.#rest, piece]);
    let count = 0;
    for (;;) {
      const head = this.#isStarted ? 1 : 0;
      if (this.#rest.length < head + 4) return count;
      const length = head + this.#rest.readUInt32BE(head);
      if (this.#rest.length < length) return count;
      this.#rest = this.#rest.subarray(length);
      if (this.#isStarted) count++;
      this.#isStarted = true;
    }
  }
}

type Happening = 'before' | 'after';

export class Proxy {
  readonly #sockets = new Set<net.Socket>();
  readonly #server = net.createServer((near) => this.#connect(near));
  #port = 0;
  #counted = 0;
  #trap: { readonly at: number; readonly when: Happening; readonly spring: () => void } | null = null;
  #delay = 0;
  #shuffled = 0;
  #halveNext = false;
  readonly #next = chance(seed);

  private constructor(private readonly databaseUrl: URL) {}

  static async to(databaseUrl: string): Promise<Proxy> {
    const proxy = new Proxy(new URL(databaseUrl));
    await proxy.mend();
    return proxy;
  }

  /** The address of the database at this end. */
  get url(): string {
    const url = new URL(this.databaseUrl);
    url.port = String(this.#port);
    return url.href;
  }

  /** Messages of the server since they were counted last. */
  count(): number {
    const counted = this.#counted;
    this.#counted = 0;
    return counted;
  }

  /** Does something when the n-th message from now on has come: before it is passed on, which it is not then, or after. */
  at(n: number, when: Happening, spring: () => void): void {
    this.#counted = 0;
    this.#trap = { at: n, when, spring };
  }
  /** Whether what was to be done at a message is still to come. */
  disarm(): boolean {
    const wasArmed = this.#trap !== null;
    this.#trap = null;
    return wasArmed;
  }
  delay(ms: number): void {
    this.#delay = ms;
  }
  /** From now on everything arrives in halves, each up to so much later than the one before: connections overtake each other. */
  shuffle(ms: number): void {
    this.#shuffled = ms;
  }
  /** The next thing that the server sends arrives by half, and then nothing more. */
  halveNext(): void {
    this.#halveNext = true;
  }

  cut(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }
  async mend(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as net.AddressInfo).port;
  }
  async remove(): Promise<void> {
    if (this.#server.listening) await this.cut();
  }

  #connect(near: net.Socket): void {
    const far = net.connect(Number(this.databaseUrl.port), this.databaseUrl.hostname);
    const messages = new Messages();
    const end = () => {
      for (const socket of [near, far]) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    const lines = new Map([near, far].map((socket) => [socket, { due: 0, waiting: 0 }]));
    // What is sent to one end arrives in its order, whatever each piece waits for.
    const pass = (to: net.Socket, piece: Buffer): void => {
      const line = lines.get(to)!;
      if (this.#delay + this.#shuffled + line.waiting === 0) return void (to.destroyed || to.write(piece));
      const half = this.#shuffled > 0 ? piece.length >> 1 : 0;
      for (const part of [piece.subarray(0, half), piece.subarray(half)].filter(({ length }) => length > 0)) {
        const now = performance.now();
        const due = this.#shuffled > 0 ? Math.max(line.due, now) + this.#next() * this.#shuffled : now + this.#delay;
        line.due = Math.max(line.due, due);
        line.waiting++;
        setTimeout(() => {
          line.waiting--;
          if (!to.destroyed) to.write(part);
        }, line.due - now);
      }
    };
    near.on('data', (piece: Buffer) => {
      if (this.#halveNext) {
        this.#halveNext = false;
        far.write(piece.subarray(0, piece.length >> 1), end);
        return;
      }
      this.#counted += messages.ended(piece);
      const trap = this.#trap;
      if (trap && this.#counted >= trap.at) {
        this.#trap = null;
        if (trap.when === 'after') pass(far, piece);
        trap.spring();
        if (trap.when === 'before') end();
      } else pass(far, piece);
    });
    far.on('data', (piece: Buffer) => pass(near, piece));
  }
}
