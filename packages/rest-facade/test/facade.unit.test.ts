/** Tests a facade in front of a small GraphQL API of books. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, graphql } from 'graphql';
import { asks, Refused, restFacade, type Requested, type Route } from '..';

const schema = buildSchema(`
  type Book { isbn: ID!, title: String!, revision: Int! }
  type Books { nodes: [Book!]!, pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean!, endCursor: String }
  type Query { book(isbn: ID!): Book, books(first: Int, after: String): Books! }
  type Mutation { addBook(title: String!): Book! }
`);
const titles = new Map([
  ['1', 'One'],
  ['2', 'Two'],
  ['latest', 'Of that name'],
]);
const bookOf = (isbn: string) => titles.has(isbn) && { isbn, title: titles.get(isbn), revision: 3 };
const rootValue = {
  book: ({ isbn }: { isbn: string }) => bookOf(isbn) || null,
  books: ({ first = 1, after = '' }: { first?: number; after?: string }) => {
    const rest = [...titles.keys()].filter((isbn) => isbn > after);
    const nodes = rest.slice(0, first).map(bookOf);
    return { nodes, pageInfo: { hasNextPage: rest.length > first, endCursor: rest[first - 1] } };
  },
  addBook: ({ title }: { title: string }) => {
    if (title === '') throw new Error('A book has a title.');
    titles.set('9', title);
    return bookOf('9');
  },
};
const book = 'isbn title revision';
const routes: readonly Route[] = [
  {
    name: 'get',
    method: 'GET',
    path: '/books/{isbn}',
    summary: 'One.',
    query: [],
    version: [],
    asks: asks(`query ($isbn: ID!) { book(isbn: $isbn) { ${book} } }`, 'book'),
  },
  {
    name: 'latest',
    method: 'GET',
    path: '/books/latest',
    summary: 'Two.',
    query: [],
    asks: asks(`{ book(isbn: "2") { ${book} } }`, 'book'),
  },
  {
    name: 'list',
    method: 'GET',
    path: '/books',
    summary: 'All.',
    query: ['first', 'after'],
    list: [],
    asks: asks(
      `query ($first: Int, $after: String) { books(first: $first, after: $after) { nodes { isbn } pageInfo { hasNextPage endCursor } } }`,
      'books',
    ),
  },
  {
    name: 'add',
    method: 'POST',
    path: '/books',
    summary: 'Adds.',
    query: [],
    version: [],
    creates: { path: '/books/{isbn}', by: 'isbn' },
    asks: asks(`mutation ($title: String!) { addBook(title: $title) { ${book} } }`, 'addBook'),
  },
  { name: 'describe', method: 'GET', path: '/description', summary: 'This.', query: [] },
];
const statuses: Record<string, number> = {
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  METHOD_NOT_ALLOWED: 405,
  NOT_FOUND: 404,
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> =>
  JSON.parse(Buffer.concat(await request.toArray()).toString());
const handler = restFacade<Route, Requested, string>({
  routes,
  queryParameters: {
    first: { type: 'Int', required: false, description: 'How many.' },
    after: { type: 'String', required: false, description: 'Behind which.' },
  },
  description: { of: 'books' },
  headers: { sunset: 'soon' },
  links: ['</graphql>; rel="successor-version"'],
  codes: {
    titles: Object.fromEntries([...Object.keys(statuses), 'BROKEN'].map((code) => [code, `The title of ${code}`])),
    statusOf: (code) => statuses[code] ?? 500,
    internal: 'BROKEN',
    renamed: { status: 'bookStatus' },
  },
  bodyOf: ({ request }) => bodyOf(request),
  callerOf: async ({ request }) => request.headers.authorization ?? 'nobody',
  meaningOf: ({ path, query, body }) => ({
    variables: { ...path, ...query, ...(body as object) },
    here: path,
    missing: () => new Refused({ message: 'No such book.', extensions: { code: 'NOT_FOUND', status: 'lost' } }),
  }),
  async execute(source, variableValues, caller, response) {
    response.setHeader('x-caller', caller);
    return await graphql({ schema, source, rootValue, variableValues });
  },
  refusalOf: () => new Refused({ message: 'It broke.' }),
  headersOf: ({ status }) => ({ 'x-status': String(status) }),
});

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const [pathname = '', query] = request.url!.split('?');
    void handler({ request, pathname, search: query === undefined ? '' : `?${query}` }, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: 'Ada' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return { status, body: text === '' ? null : JSON.parse(text), headers: Object.fromEntries(headers) };
}

test('what is read comes as its document has it, in the name of the caller, with its revision as ETag', async () => {
  expect(await ask('GET', '/books/1')).toMatchObject({
    status: 200,
    body: { isbn: '1', title: 'One', revision: 3 },
    headers: { etag: '"3"', sunset: 'soon', link: '</graphql>; rel="successor-version"', 'x-caller': 'Ada' },
  });
  expect(await ask('HEAD', '/books/1')).toMatchObject({ status: 200, body: null, headers: { etag: '"3"' } });
});

test('a path that is written out is meant, not a parameter of that name', async () => {
  expect((await ask('GET', '/books/latest')).body).toMatchObject({ isbn: '2' });
});

test('a list goes on at the link to its next page, as it was asked for', async () => {
  const { body, headers } = await ask('GET', '/books?first=2');
  expect(body.nodes).toEqual([{ isbn: '1' }, { isbn: '2' }]);
  const next = /<([^>]*)>; rel="next"/.exec(headers.link!)![1]!;
  expect(next).toBe('/books?first=2&after=2');
  const last = await ask('GET', next);
  expect(last.body.nodes).toEqual([{ isbn: 'latest' }]);
  expect(last.headers.link).not.toContain('next');
});

test('what is made is 201, and says where it is', async () => {
  expect(await ask('POST', '/books', { title: 'Nine' })).toMatchObject({
    status: 201,
    headers: { location: '/books/9', etag: '"3"' },
    body: { title: 'Nine' },
  });
});

test('what the routes do not ask for is the description', async () => {
  expect((await ask('GET', '/description')).body).toEqual({ of: 'books' });
});

test.each([
  ['GET', '/books/7', 404, 'NOT_FOUND', 'No such book.', { bookStatus: 'lost', type: '/problems/not-found' }],
  ['GET', '/nowhere', 404, 'NOT_FOUND', 'There is nothing at this path. GET /description says what there is.', {}],
  ['GET', '/books/', 404, 'NOT_FOUND', 'There is nothing at this path. GET /description says what there is.', {}],
  [
    'PUT',
    '/books',
    405,
    'METHOD_NOT_ALLOWED',
    'This path takes GET, HEAD, POST.',
    { allowed: ['GET', 'HEAD', 'POST'] },
  ],
  ['GET', '/books/%ff', 400, 'BAD_REQUEST', 'The path is not UTF-8 in percent-encoding.', {}],
  [
    'GET',
    '/books?last=1',
    400,
    'BAD_USER_INPUT',
    'This path takes no such parameter. Its parameters are: first, after.',
    {},
  ],
  ['GET', '/books?first=1&first=2', 400, 'BAD_USER_INPUT', 'The parameter first is there twice. Send it once.', {}],
  ['GET', '/books?first=all', 400, 'BAD_USER_INPUT', 'The parameter first must be a whole number, such as 20.', {}],
])('%s %s is %i %s: %s', async (method, path, status, code, detail, more) => {
  const answer = await ask(method, path);
  expect(answer).toMatchObject({
    status,
    headers: { 'content-type': 'application/problem+json', 'x-status': String(status) },
  });
  expect(answer.body).toMatchObject({
    status,
    code,
    detail,
    title: `The title of ${code}`,
    instance: path.split('?')[0],
    ...more,
  });
  expect(answer.headers.allow).toBe(status === 405 ? 'GET, HEAD, POST' : undefined);
});

test('what breaks, and what GraphQL refuses without a code, is told as what broke', async () => {
  expect((await ask('POST', '/books', { title: '' })).body).toMatchObject({
    status: 500,
    code: 'BROKEN',
    detail: 'A book has a title.',
  });
  expect((await fetch(`${url}/books`, { method: 'POST', body: '{' })).status).toBe(500);
});
