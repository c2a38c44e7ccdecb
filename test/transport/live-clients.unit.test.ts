/** Clients of subscriptions that read slowly, not at all, or no longer: what is asked for on their behalf is bounded, and they are cut off. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, parse } from 'graphql';
import pino from 'pino';
import { WebSocket } from 'ws';
import type { Live } from '../../src/transport/live/live';
import { liveEvents } from '../../src/transport/live/live-events';
import { liveSocket } from '../../src/transport/live/live-socket';

const QUERY = 'subscription { told }';
const schema = buildSchema('type Query { told: String } type Subscription { told: String }');
const LARGE = 'x'.repeat(2 ** 20);

/** Tells a text again and again, as fast as it is asked to; without one, nothing. */
class Source {
  asked = 0;
  hasEnded = false;
  private end!: () => void;
  private readonly ended = new Promise<IteratorResult<never>>((resolve) => {
    this.end = () => resolve({ done: true, value: undefined as never });
  });

  constructor(private readonly text: string | null) {}

  readonly answers = {
    next: async () => {
      this.asked++;
      if (this.text === null) return this.ended;
      await new Promise((resolve) => setImmediate(resolve));
      return this.hasEnded ? this.ended : { done: false, value: { data: { told: this.text } } };
    },
    return: () => {
      this.hasEnded = true;
      this.end();
      return this.ended;
    },
    onEnd: () => undefined,
    [Symbol.asyncIterator]: () => this.answers,
  };

  get live(): Live {
    const begun = { headers: {}, document: parse(QUERY), answers: this.answers };
    return { begin: () => Promise.resolve(begun), formatted: (error: unknown) => error } as never;
  }
}

let server: Server;
let stalled: number;
const listening = async (): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
beforeEach(() => {
  stalled = 0;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Follows as server-sent events; nothing is read before it is asked for. */
async function events(source: Source, patience: { heartbeatMs: number; stallMs: number }): Promise<IncomingMessage> {
  const note = { noteStalled: () => stalled++ };
  const answer = liveEvents(source.live, patience);
  server = createServer((asked, response) => {
    void answer({ request: asked, note } as never, { query: QUERY }, response);
  });
  const asking = request({ port: await listening(), host: '127.0.0.1', method: 'POST' });
  asking.on('error', () => undefined).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response.on('error', () => undefined);
}

/** @param isAnswering whether the client answers a ping */
async function socket(source: Source, heartbeatMs: number, isAnswering: () => boolean): Promise<WebSocket> {
  server = createServer();
  const logger = pino({ level: 'silent' });
  const identify = () => Promise.resolve(1);
  liveSocket(server, {
    schema,
    live: source.live,
    identify,
    trusted: null,
    limits: { maxTokens: 100 } as never,
    logger,
    record: () => undefined,
    heartbeatMs,
  });
  const client = new WebSocket(`ws://127.0.0.1:${await listening()}/graphql`, 'graphql-transport-ws', {
    autoPong: false,
  });
  client.on('ping', () => isAnswering() && client.pong());
  await once(client, 'open');
  client.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer x' } }));
  await once(client, 'message');
  client.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: QUERY } }));
  return client;
}

const FOR_EVER = 2 ** 30;
/** Waits until nothing more is asked for. */
async function rest(source: Source): Promise<number> {
  for (let seen = -1; seen !== source.asked; await new Promise((resolve) => setTimeout(resolve, 500)))
    seen = source.asked;
  return source.asked;
}

test('of events that nobody reads few are asked for, and whoever reads none is cut off, which is noted', async () => {
  const source = new Source(LARGE);
  const response = await events(source, { heartbeatMs: FOR_EVER, stallMs: 100 });
  while (!source.hasEnded) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(stalled).toBe(1);
  expect(source.asked).toBeLessThan(64);
  response.destroy();
});

test('who leaves has not stalled, and nothing more is asked for', async () => {
  const source = new Source(LARGE);
  const response = await events(source, { heartbeatMs: FOR_EVER, stallMs: FOR_EVER });
  await once(response, 'data');
  response.destroy();
  while (!source.hasEnded) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(stalled).toBe(0);
});

test('where nothing happens there are signs of life', async () => {
  const response = await events(new Source(null), { heartbeatMs: 20, stallMs: FOR_EVER });
  let heard = '';
  for await (const part of response.setEncoding('utf8')) {
    heard += part;
    if (heard.length > 12) break;
  }
  expect(heard).toMatch(/^(:\n\n){4,}:?\n?$/);
});

test('whoever does not answer the pings of a WebSocket is cut off, and nothing more is asked for', async () => {
  const source = new Source(null);
  // It answers until its subscription has begun, or it would be cut off before that on a slow machine.
  const client = await socket(source, 500, () => source.asked === 0);
  const [code] = (await once(client, 'close')) as [number];
  expect(code).toBe(1006);
  while (!source.hasEnded) await new Promise((resolve) => setTimeout(resolve, 20));
});

test('of what nobody reads from a WebSocket, few answers are asked for', async () => {
  const source = new Source(LARGE);
  const client = await socket(source, FOR_EVER, () => true);
  client.pause();
  expect(await rest(source)).toBeLessThan(64);
  client.terminate();
});
