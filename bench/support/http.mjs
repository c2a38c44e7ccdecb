// HTTP as cheaply as it can be had: the one who measures shares the cores with those who are measured.
import net from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** JSON has no such line breaks in it, so nothing else ends like this. */
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/** A POST of JSON, as it goes over the wire. */
export function postOf(path, body, headers = {}) {
  const text = Buffer.from(JSON.stringify(body));
  const lines = Object.entries({
    host: '127.0.0.1',
    'content-type': 'application/json',
    accept: 'application/json',
    'content-length': text.length,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), text]);
}

function withoutChunks(body) {
  const parts = [];
  for (let at = 0; ;) {
    const line = body.indexOf('\r\n', at);
    const size = parseInt(body.toString('latin1', at, line), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

class Answer {
  #chunks;
  #head;

  constructor(chunks, bytes, head) {
    this.#chunks = chunks;
    this.#head = head;
    this.bytes = bytes;
  }

  get status() {
    return this.#head.status;
  }

  text() {
    const body = Buffer.concat(this.#chunks).subarray(this.#head.size);
    return (this.#head.length === undefined ? withoutChunks(body) : body).toString();
  }

  /** Whether it is what was asked for; of GraphQL, errors come first. */
  get isGood() {
    if (this.status !== 200) return false;
    const [first] = this.#chunks;
    return !first.includes('"errors"', this.#head.size);
  }
}

/** A connection that stays open, for one request at a time. */
export class Connection {
  #socket;
  #waiting;
  #chunks = [];
  #bytes = 0;
  #head;

  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  constructor(socket) {
    this.#socket = socket;
    const fail = (error) => {
      this.#waiting?.reject(error);
      this.#waiting = undefined;
    };
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('The server has closed the connection.')));
    socket.on('data', (chunk) => this.#take(chunk));
  }

  /** Sends a request; the answer comes when it is there whole. */
  send(request) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk) {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#head ??= this.#readHead();
    if (!this.#head || !this.#isWhole(chunk)) return;
    const answer = new Answer(this.#chunks, this.#bytes, this.#head);
    const { resolve } = this.#waiting;
    this.#chunks = [];
    this.#bytes = 0;
    this.#head = undefined;
    this.#waiting = undefined;
    resolve(answer);
  }

  #readHead() {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    const [received] = this.#chunks;
    const end = received.indexOf(END_OF_HEAD);
    if (end < 0) return undefined;
    const text = received.toString('latin1', 0, end);
    const [, length] = /^content-length: *(\d+)/im.exec(text) ?? [];
    return {
      status: Number(text.slice(9, 12)),
      size: end + END_OF_HEAD.length,
      length: length === undefined ? undefined : Number(length),
    };
  }

  #isWhole(lastReceived) {
    const { size, length } = this.#head;
    if (length !== undefined) return this.#bytes >= size + length;
    const tail = lastReceived.length < LAST_CHUNK.length ? Buffer.concat(this.#chunks) : lastReceived;
    return tail.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  }
}

/** Asks once, and is told what the answer says. */
export async function askOnce(port, request) {
  const connection = await Connection.open(port);
  try {
    const answer = await connection.send(request);
    const text = answer.text();
    if (!answer.isGood) throw new Error(`${answer.status}: ${text.slice(0, 1000)}`);
    return JSON.parse(text);
  } finally {
    connection.close();
  }
}
