/**
 * Sends requests that nobody has thought of, several at once, and holds every answer against what clients may rely on:
 * never our fault, always JSON of the right shape, a code from the list, and in time.
 */
import http from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { GraphQLSchema } from 'graphql';
import { publicCodes } from '../../src/transport/errors/error-codes';
import { restRequest } from '../legacy/rest/random-requests';
import { exchange } from '../support/raw-http';
import { Harvest, Operations, type Operation } from './operations';
import { Random } from './random';
import { wireNoise, type Wire } from './wire';

export interface FuzzOptions {
  readonly url: string;
  readonly schema: GraphQLSchema;
  readonly requests: number;
  readonly seed: number;
  /** Headers of everybody who asks; also of some who may not. */
  readonly callers: readonly string[];
  readonly onRequest: () => void;
  /** Resolves when the server does nothing for anybody any more, not even for requests that were broken off. */
  readonly idle: () => Promise<void>;
}

export interface Figures {
  readonly seconds: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** Used heap after collecting, in MB, at ten instants at which no request was under way. */
  readonly heapMb: readonly number[];
}

const AT_ONCE = 8;
const ROUNDS = 10;
const ANSWERED_WITHIN_MS = 150_000;

/** What is sent beside operations, each as often as it stands here. */
const others: readonly ((random: Random, harvest: Harvest) => Wire)[] = [
  restRequest,
  restRequest,
  wireNoise,
  wireNoise,
  wireNoise,
];

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

export async function fuzz({ url, schema, requests, seed, callers, onRequest, idle }: FuzzOptions): Promise<Figures> {
  const random = new Random(seed);
  const harvest = new Harvest(random);
  const operations = new Operations(schema, random, harvest);
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const codes: Record<string, number> = {};
  const heapMb: number[] = [];
  const began = performance.now();
  let slowestMs = 0;
  let sent = 0;

  const count = (code: string) => (codes[code] = (codes[code] ?? 0) + 1);

  async function one(): Promise<void> {
    const kind = random.next();
    const operation =
      kind < 0.45
        ? operations.query()
        : kind < 0.7
          ? operations.mutation()
          : kind < 0.85
            ? operations.spoilt()
            : undefined;
    const authorization = random.of(callers);
    const wire: Wire = operation
      ? {
          method: 'POST',
          path: '/graphql',
          headers: {
            'content-type': 'application/json',
            ...(random.chance(0.5) && { accept: 'application/graphql-response+json' }),
          },
          body: JSON.stringify(operation),
        }
      : random.of(others)(random, harvest);
    const start = performance.now();
    const answer =
      wire.raw === undefined
        ? await send(url, agent, { ...wire, headers: { authorization, ...wire.headers } })
        : await exchange(url, [wire.raw], { destroyAfterMs: random.below(20) }).then(() => 'broken off' as const);
    slowestMs = Math.max(slowestMs, performance.now() - start);
    try {
      for (const code of answer === 'broken off' ? [answer] : codesOf(wire, answer, harvest)) count(code);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${described(wire, operation, answer)}`, { cause: error });
    }
  }

  async function worker(until: number): Promise<void> {
    while (sent < until) {
      sent++;
      await one();
      onRequest();
    }
  }
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      const until = Math.round((requests * round) / ROUNDS);
      await Promise.all(Array.from({ length: AT_ONCE }, () => worker(until)));
      await idle();
      heapMb.push(usedHeapMb());
    }
  } finally {
    agent.destroy();
  }
  return { seconds: (performance.now() - began) / 1000, codes, slowestMs, heapMb };
}

const described = (wire: Wire, operation: Operation | undefined, answer: Answer | string) =>
  [
    `request: ${wire.method} ${wire.path} ${JSON.stringify(wire.headers)}`,
    operation
      ? `${operation.query.slice(0, 5_000)}\n${JSON.stringify(operation.variables).slice(0, 20_000)}`
      : `body: ${String(wire.body).slice(0, 2_000)}`,
    `answer: ${typeof answer === 'string' ? answer : `${answer.status} ${answer.type} ${answer.text.slice(0, 2_000)}`}`,
  ].join('\n');

/** The codes of an answer; throws where it is not what clients may rely on. */
function codesOf(wire: Wire, { status, type, text }: Answer, harvest: Harvest): string[] {
  if (status >= 500) throw new Error(`a server error: ${status}`);
  if (wire.path.startsWith('/v1/') && status >= 400 && text !== '') {
    const { code } = JSON.parse(text) as { code: string };
    if (!publicCodes.has(code)) throw new Error(`a problem with the code ${code}`);
    return [`REST ${code}`];
  }
  if (!wire.path.startsWith('/graphql') || /^\/graphql[^?]/.test(wire.path) || wire.method === 'HEAD')
    return [`HTTP ${status}`];
  if (!/^application\/(graphql-response\+)?json\b/.test(type)) throw new Error(`an answer of type ${type}`);
  const answer = JSON.parse(text) as {
    data?: unknown;
    errors?: { message: unknown; extensions?: { code?: unknown } }[];
  };
  const extra = Object.keys(answer).filter((key) => !['data', 'errors', 'extensions'].includes(key));
  if (extra.length > 0) throw new Error(`an answer with ${extra.join(', ')}`);
  if (!('data' in answer) && !answer.errors?.length) throw new Error('an answer with neither data nor errors');
  if (answer.errors && (!Array.isArray(answer.errors) || answer.errors.length === 0))
    throw new Error('errors that are none');
  harvest.gather(answer.data);
  for (const { message, extensions } of answer.errors ?? []) {
    if (typeof message !== 'string' || message === '') throw new Error('an error without a message');
    if (!publicCodes.has(String(extensions?.code)))
      throw new Error(`an error with the code ${String(extensions?.code)}`);
    if (/\n\s+at |node_modules|\.[jt]s:\d|\b(TypeError|RangeError|syntax error at or near)\b/.test(message))
      throw new Error('an error that tells too much');
  }
  return answer.errors ? [...new Set(answer.errors.map(({ extensions }) => String(extensions!.code)))] : ['ok'];
}

function send(
  url: string,
  agent: http.Agent,
  { method, path, headers, body, cutAt }: Wire,
): Promise<Answer | 'broken off'> {
  const { hostname, port } = new URL(url);
  const bytes = body === undefined ? undefined : Buffer.from(body);
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        hostname,
        port,
        path,
        method,
        agent,
        headers: { ...headers, ...(bytes && { 'content-length': bytes.length }) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          clearTimeout(patience);
          resolve({
            status: response.statusCode!,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          });
        });
        response.on('error', reject);
      },
    );
    const patience = setTimeout(() => {
      reject(
        new Error(`no answer within ${ANSWERED_WITHIN_MS} ms to ${method} ${path} ${String(body).slice(0, 2_000)}`),
      );
      request.destroy();
    }, ANSWERED_WITHIN_MS);
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(patience);
      if (cutAt !== undefined || error.code === 'HPE_INVALID_CONSTANT') resolve('broken off');
      else reject(new Error(`${error.message} on ${method} ${path} ${String(body).slice(0, 2_000)}`));
    });
    if (cutAt === undefined) return void request.end(bytes);
    request.write(bytes!.subarray(0, cutAt), () => request.destroy());
    request.on('close', () => {
      clearTimeout(patience);
      resolve('broken off');
    });
  });
}

let collect: (() => void) | undefined;
function usedHeapMb(): number {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}
