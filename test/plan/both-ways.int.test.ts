/**
 * Whatever is asked is answered alike by plans and by resolvers: status, cost, data with the order of its fields, and errors. Two
 * servers are asked over the same database, of which one has no plans.
 */
import pino from 'pino';
import { people, placesInAWorld, type Person } from '../access/places';
import { nodeIdsIn } from '../access/selection';
import { unlimited } from '../access/asking';
import { Random } from '../fuzz/random';
import { effort, seed } from '../support/effort';
import { startTestServer } from '../support/server';
import { fullPhases } from '../../src/phases';
import { aud, token, type World } from '../support/world';
import type { RunningServer } from '../../src/transport/server';
import { Operations, type Known, type Operation } from './operations';

let world: World;
let known: Known;
let planning: RunningServer;
let resolving: RunningServer;
/** What the server with plans had to complain of. */
const complaints: string[] = [];

beforeAll(async () => {
  const made = await placesInAWorld();
  ({ world } = made);
  const logger = pino({ level: 'warn' }, { write: (line: string) => void complaints.push(line) });
  planning = await startTestServer(world.db, { ...unlimited, maxCost: 200_000, logger });
  resolving = await startTestServer(world.db, { ...unlimited, maxCost: 200_000, readsByPlan: false });
  known = await everything([...made.places.instants, ...(await commits())]);
});
afterAll(async () => {
  await planning.stop();
  await resolving.stop();
  await world.destroy();
});

/** When something was committed, and just before. */
async function commits(): Promise<string[]> {
  const rows = await world.sql<{ at: Date }>('superuser', 'select committed_at as at from log.change_set');
  return rows.flatMap(({ at }) => [at.toISOString(), new Date(at.getTime() - 1).toISOString()]);
}

async function everything(instants: readonly string[]): Promise<Known> {
  const found = await world.get(
    aud,
    `{ workflows(first: 20) { nodes { Node__id: id cycle { Node__id: id cycleId } report { Node__id: id reportId lob { Node__id: id } owner { Node__id: id } }
         phases { Node__id: id history(first: 20, includeDeleted: true) { edges { cursor node { Node__id: id versionId
           items(first: 3) { edges { cursor node { Node__id: id decision { Node__id: id } } } } } } } } } } }`,
  );
  const versions = found.workflows.nodes.flatMap(({ phases }: any) =>
    phases.flatMap(({ history }: any) => history.edges),
  );
  const items = versions.flatMap(({ node }: any) => node.items.edges);
  return {
    workflows: found.workflows.nodes.map(({ cycle, report }: any) => ({
      cycleId: cycle.cycleId,
      reportId: report.reportId,
    })),
    versionIds: versions.map(({ node }: any) => node.versionId),
    nodeIds: [...nodeIdsIn(found)],
    cursors: [...versions, ...items].map(({ cursor }: any) => cursor),
    instants,
  };
}

interface Answer {
  readonly status: number;
  readonly cost: string | null;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly path?: readonly (string | number)[] }[];
  };
}

async function ask({ url }: RunningServer, bearer: string | null, operation: Operation): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
    body: JSON.stringify(operation),
  });
  return {
    status: response.status,
    cost: response.headers.get('x-operation-cost'),
    body: (await response.json()) as Answer['body'],
  };
}

/**
 * An answer as a text, in which the order of fields counts and what is new each time does not. Nor does which entry of a list is told
 * to be refused, where several are: that depends on which was read first.
 */
const shown = ({ errors, ...answer }: { readonly errors?: unknown }): string => {
  const places = JSON.stringify(errors, (key, value: unknown) =>
    key === 'path' && Array.isArray(value)
      ? value.map((part) => (typeof part === 'number' ? 'n' : String(part)))
      : value,
  ) as string | undefined;
  return JSON.stringify({ ...(places && { errors: JSON.parse(places) as unknown }), ...answer }, null, 1).replace(
    /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?= when you report)|"errorId": "[^"]+"/g,
    '…',
  );
};

const pathsOf = ({ errors = [] }: Answer['body']): string =>
  JSON.stringify(errors.map(({ path = [] }) => path.map((part) => (typeof part === 'number' ? 'n' : part))));

/**
 * Of several errors under the same object graphql-js tells those that it met until the object became null, which depends on what
 * was read first, and may be one only: of them it counts that there are some, and what became null.
 */
function expectAlike(said: string, given: Answer, expected: Answer): void {
  const bodies = [given.body, expected.body] as const;
  const hasSeveral =
    bodies.some(({ errors = [] }) => errors.length > 1) ||
    (bodies.every(({ errors }) => errors) && pathsOf(bodies[0]) !== pathsOf(bodies[1]));
  const [one, other] = [given, expected].map(({ body, ...answer }) =>
    shown({ ...answer, ...body, ...(hasSeveral && { errors: body.errors !== undefined }) }),
  );
  if (one !== other) process.stdout.write(`Answered otherwise: ${said}\n`);
  expect(one).toEqual(other);
}

/** What was asked again, and whether it was answered by a plan: then who asks was not read by itself. */
async function askedAgain(bearer: string | null, operation: Operation) {
  const { result, statements } = await world.counted(() => ask(planning, bearer, operation));
  return {
    answer: result,
    isPlanned: statements.length > 0 && statements.every((sql) => !/from users u where/.test(sql)),
  };
}

/** Those who see something ask more often than the others. */
const askers = () =>
  Promise.all(
    Object.values(people)
      .flatMap((person) => Array<Person>(person.sees ? 4 : 1).fill(person))
      .map(async ({ userId }) => (userId === null ? null : token(userId, { exp: 2 ** 31 }))),
  );

test(
  'random operations of everybody are answered alike by plans and by resolvers',
  async () => {
    const operations = new Operations(new Random(seed), known);
    const random = new Random(seed + 1);
    const everybody = await askers();
    let planned = 0;
    let refused = 0;
    // What share of random operations a plan answers differs from seed to seed: it goes on until enough were compared.
    const total = effort.operationsBothWays;
    const isEnough = () => planned > total / 5 && refused > total / 20;
    for (let n = 0; n < total || (!isEnough() && n < 3 * total); n++) {
      const operation = operations.next();
      const bearer = random.of(everybody);
      const expected = await ask(resolving, bearer, operation);
      // The second time, a plan may answer to somebody who is not known yet.
      const first = await ask(planning, bearer, operation);
      const { answer, isPlanned } = await askedAgain(bearer, operation);
      const said = `seed ${seed}, operation ${n}: ${JSON.stringify(operation)}`;
      expectAlike(said, first, expected);
      expectAlike(said, answer, expected);
      if (isPlanned) planned++;
      if (expected.body.errors) refused++;
    }
    process.stdout.write(
      `Of ${total} operations or more (seed ${seed}), ${planned} were answered by plans and ${refused} refused.\n`,
    );
    expect(planned).toBeGreaterThan(total / 5);
    expect(refused).toBeGreaterThan(total / 20);
    expect(complaints).toEqual([]);
  },
  Math.max(600_000, effort.operationsBothWays * 300),
);

test(
  'as of an instant both answer alike, while others write, and the same afterwards',
  async () => {
    const asked: { bearer: string | null; operation: Operation; said: string; answer: Answer }[] = [];
    const operations = new Operations(new Random(seed + 2), known);
    const random = new Random(seed + 3);
    const everybody = await askers();
    // Then everything was there already.
    const latest = [...known.instants].sort().slice(-30);
    let isWriting = true;
    const writer = (async () => {
      while (isWriting)
        for (const { item } of fullPhases)
          await world.sql(
            'owner',
            `update ${item.table} i set label = i.label || '.' from phase_version v where v.version_id = i.version_id and v.status = 'DRAFT' and not v.is_deleted`,
          );
    })();
    let planned = 0;
    const total = effort.operationsBothWays / 4;
    try {
      for (let n = 0; n < total || (planned <= total / 20 && n < 3 * total); n++) {
        // What has just come, or what came long ago.
        const came = random.of(random.chance(0.9) ? latest : known.instants);
        const instant = random.chance(0.3) ? new Date(Date.now() - 1).toISOString() : came;
        const operation = operations.next(instant);
        // The proof is of the log as it is now, into which others write.
        if (/verifyChangeLog/.test(operation.query)) continue;
        const bearer = random.of(everybody);
        const said = `seed ${seed}, operation ${n} of the past: ${JSON.stringify(operation)}`;
        await ask(planning, bearer, operation);
        const { answer, isPlanned } = await askedAgain(bearer, operation);
        expectAlike(said, answer, await ask(resolving, bearer, operation));
        asked.push({ bearer, operation, said, answer });
        if (isPlanned) planned++;
      }
    } finally {
      isWriting = false;
      await writer;
    }
    for (const { bearer, operation, said, answer } of asked)
      expectAlike(said, await ask(planning, bearer, operation), answer);
    process.stdout.write(
      `Of ${total} operations or more of the past (seed ${seed}), ${planned} were answered by plans.\n`,
    );
    expect(planned).toBeGreaterThan(total / 20);
    expect(complaints).toEqual([]);
  },
  Math.max(600_000, effort.operationsBothWays * 300),
);
