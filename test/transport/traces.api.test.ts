/** Traces: to a collector that listens here, with what they may have in them and what not. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import pino from 'pino';
import { isTraced, startTracing } from '../../src/tracing';
import { buildVersion, transition } from '../support/builders';
import { until } from '../support/until';
import { ada, olga, World } from '../support/world';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: readonly {
    key: string;
    value: { stringValue?: string; intValue?: number; arrayValue?: { values: { stringValue: string }[] } };
  }[];
}

let world: World;
let collector: Server;
let spans: Span[] = [];
let sent = '';
let end: () => Promise<void>;
const said: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => said.push(line) });

const requests = () => said.filter((line) => line.includes('"msg":"request"')).length;
let requestsBefore = 0;

const begin = async () => {
  requestsBefore = requests();
  const { port } = collector.address() as AddressInfo;
  end = await startTracing(`http://127.0.0.1:${port}`, logger);
};
/**
 * Flushes the spans, and returns them without those of the server's own polls, which belong to no request and run at any time.
 * @param n the number of requests since the beginning
 */
async function all(n = 1): Promise<Span[]> {
  // A span ends when its answer has left, which is also when the request is logged.
  await until('the answer has left', () => requests() === requestsBefore + n);
  await setImmediate();
  await end();
  return spans.filter(({ name, parentSpanId }) => name === 'request' || parentSpanId);
}
const of = (span: Span, key: string) => {
  const value = span.attributes.find((attribute) => attribute.key === key)?.value;
  return (
    value?.stringValue ?? value?.arrayValue?.values.map(({ stringValue }) => stringValue) ?? Number(value?.intValue)
  );
};

beforeAll(async () => {
  world = await World.create({ logger });
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      sent += text;
      const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
});
beforeEach(() => {
  spans = [];
  sent = '';
});
afterAll(async () => {
  collector.closeAllConnections();
  collector.close();
  await world.destroy();
});

const ask = async (query: string, headers: Record<string, string> = {}) =>
  fetch(`${world.server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await world.tokenOf(ada)}`, ...headers },
    body: JSON.stringify({ query }),
  });

test('nothing is traced unless somebody watches, and of what was begun the end is told', async () => {
  expect(isTraced()).toBe(false);
  await ask('{ viewer { name } }');
  await until('the answer has left', () => requests() === 1);
  await begin();
  expect(isTraced()).toBe(true);
  expect(await all(0)).toEqual([]);
  expect(isTraced()).toBe(false);
});

test('a request, its operation and what they ask the database are one trace, below that of the client', async () => {
  await begin();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const answer = await ask('query Mine { cycles { totalCount } }', {
    'x-request-id': 'a-request-of-mine',
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
  });
  expect(answer.status).toBe(200);
  const [request, ...others] = (await all()).sort((one, other) => other.kind - one.kind);
  expect([request!.name, request!.parentSpanId, request!.traceId]).toEqual(['request', 'b7ad6b7169203331', traceId]);
  expect(of(request!, 'phaseledger.request_id')).toBe('a-request-of-mine');
  expect(of(request!, 'phaseledger.outcome')).toBe('ok');
  expect(of(request!, 'http.response.status_code')).toBe(200);
  const operation = others.find(({ name }) => name === 'operation')!;
  expect(operation.parentSpanId).toBe(request!.spanId);
  expect([of(operation, 'graphql.operation.type'), of(operation, 'graphql.operation.name')]).toEqual(['query', 'Mine']);
  const statements = others.filter(({ name }) => name === 'statement');
  expect(statements.length).toBeGreaterThan(0);
  for (const statement of statements) {
    expect([statement.traceId, statement.parentSpanId]).toEqual([traceId, operation.spanId]);
    expect(of(statement, 'db.query.text')).toMatch(/select/);
  }
});

test('a mutation has its transaction, the packets of it and its commit, and nothing that was written', async () => {
  const submitted = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  await begin();
  const secret = 'What only the bank may know.';
  await transition(world, olga, 'rejectVersion', submitted, secret);
  const told = await all();
  const named = (name: string) => told.filter((span) => span.name === name);
  const made = named('operation').find((span) => (of(span, 'phaseledger.commits') as string[])?.length === 1)!;
  expect(of(made, 'graphql.operation.type')).toBe('mutation');
  const transaction = named('transaction').find(({ parentSpanId }) => parentSpanId === made.spanId)!;
  const packets = named('packet').filter(({ parentSpanId }) => parentSpanId === transaction.spanId);
  expect(packets.length).toBeGreaterThanOrEqual(2);
  for (const packet of packets) expect(of(packet, 'phaseledger.statements')).toBeGreaterThan(0);
  expect(sent).not.toContain(secret);
  expect(sent).not.toContain(await world.tokenOf(olga));
});

test('what fails is marked, and a collector that is away is said once and holds up nobody', async () => {
  await begin();
  await ask('{ viewer { name } }', { authorization: 'Bearer nonsense' });
  const [request] = (await all()).filter(({ name }) => name === 'request');
  expect([of(request!, 'phaseledger.outcome'), of(request!, 'http.response.status_code')]).toEqual([
    'UNAUTHENTICATED',
    401,
  ]);
  end = await startTracing('http://127.0.0.1:9', logger);
  expect((await ask('{ viewer { name } }')).status).toBe(200);
  const since = performance.now();
  await end();
  expect(performance.now() - since).toBeLessThan(60_000);
  expect(said.filter((line) => line.includes('traces cannot be sent'))).toHaveLength(1);
});
