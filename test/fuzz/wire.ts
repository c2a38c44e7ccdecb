/** Requests that are wrong as HTTP, or as JSON, before they are wrong as GraphQL. */
import type { Random } from './random';

export interface Wire {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Break off after this many bytes of the body. */
  readonly cutAt?: number;
  /** These bytes instead, on a socket of their own that is closed soon after. */
  readonly raw?: string;
}

const json = { 'content-type': 'application/json' };
const post = (body: string | Buffer, headers: Record<string, string> = json): Wire => ({
  method: 'POST',
  path: '/graphql',
  headers,
  body,
});

const ask = '{ viewer { userId } }';
const good = JSON.stringify({ query: ask });
const whole = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${good.length}\r\n\r\n${good}`;

/** So many keys of an object, as JSON. */
const keys = (count: number) => Array.from({ length: count }, (_, i) => `"k${i}": ${i}`).join();

export function wireNoise(random: Random): Wire {
  const number = () => random.below(2_000);
  return random.of<() => Wire>([
    () => post(good.slice(0, random.below(good.length))),
    () => post(random.text()),
    () => post(Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)))),
    () => post(JSON.stringify(random.json())),
    () => post(JSON.stringify({ query: random.json(), variables: random.json(), operationName: random.json() })),
    () => post(JSON.stringify({ query: ask, variables: random.json(), extensions: random.json() })),
    () =>
      post(JSON.stringify({ query: ask, extensions: { persistedQuery: random.json() }, documentId: random.json() })),
    () => post(JSON.stringify([{ query: ask }, random.json()])),
    () => post(`{"query": ${JSON.stringify(ask)}, "variables": {"a": ${'9'.repeat(1 + random.below(400))}}}`),
    () => post(`{"query": ${JSON.stringify(ask)}, "variables": {"a": ${'['.repeat(number())}${']'.repeat(number())}}}`),
    () => post(`{"query": ${JSON.stringify(ask)}, "variables": {${keys(10 ** (6 * random.next()))}}}`),
    () => post(JSON.stringify({ query: `{ node(id: "${'x'.repeat(10 ** (7 * random.next()))}") { id } }` })),
    () => post(JSON.stringify({ query: ask, operationName: 'x'.repeat(10 ** (7 * random.next())) })),
    () => post(JSON.stringify({ query: `{ ${' viewer { name }'.repeat(10 ** (5 * random.next()))} }` })),
    () => ({
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(ask)}&variables=${encodeURIComponent(`{"a": "${'x'.repeat(10 ** (4 * random.next()))}"}`)}`,
      headers: { 'apollo-require-preflight': '1' },
    }),
    () => post(JSON.stringify({ query: `${'{ viewer '.repeat(number())}${'}'.repeat(number())}` })),
    () => post(JSON.stringify({ query: `{ ${'a: __typename '.repeat(number())} }` })),
    () => post(JSON.stringify({ query: `{ node(id: ${'['.repeat(number())}1${']'.repeat(number())}) { id } }` })),
    () => post(JSON.stringify({ query: `query (${'$a: Int '.repeat(random.below(50))}) { viewer { userId } }` })),
    () =>
      post(good, {
        'content-type': random.of([
          'text/plain',
          'application/xml',
          'multipart/form-data',
          '',
          'application/json;charset=utf-16',
          'x',
        ]),
      }),
    () =>
      post(good, {
        ...json,
        accept: random.of(['text/html', 'application/xml', '', '*/*;q=0', 'application/graphql-response+json']),
      }),
    () => post(good, { ...json, 'content-encoding': random.of(['gzip', 'br', 'identity']) }),
    () => ({ ...post(good), cutAt: random.below(good.length) }),
    () => ({ ...post(good), raw: whole.slice(0, random.below(whole.length)) }),
    () => ({ ...post(good), raw: whole.replace(random.of(['POST', 'HTTP/1.1', ':', '\r\n', '4']), random.text()) }),
    () => ({
      method: random.of(['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE']),
      path: '/graphql',
      headers: json,
    }),
    () => ({
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(random.of([ask, 'mutation { __typename }', random.text().toWellFormed()]))}&variables=${encodeURIComponent(random.of(['{}', '{', '[]', 'null']))}`,
      headers: random.of<Record<string, string>>([{}, { 'apollo-require-preflight': '1' }]),
    }),
    () => ({
      method: 'GET',
      path: random.of([
        '/',
        '//',
        '/%',
        '/graphql%00',
        '/graphql?%',
        '/playground/../../etc/passwd',
        '/health/live',
        '/health/ready',
        '/..%2f..',
        '/graphql/',
      ]),
      headers: {},
    }),
  ])();
}
