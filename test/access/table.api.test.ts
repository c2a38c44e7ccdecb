/** The table of who may read what (table.ts), held against the schema and, for everybody and every field, against the server. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { effort } from '../support/effort';
import { World } from '../support/world';
import {
  argumentsAt,
  ask,
  asOfOperation,
  enoughToShow,
  figureArguments,
  harvest,
  nodeOperations,
  ofPlace,
  queryOperation,
  someOfEach,
  sharedOut,
  versionIdsAmong,
  wholeOperations,
  type Operation,
} from './asking';
import { asMarkdown } from './markdown';
import { lobId, placesInAWorld, people, type Person, type Places } from './places';
import { allFields, schema, type Seen } from './selection';
import { answersOfMutations, doing, following, hiddenAs, namesOf, reading } from './table';

const mutations = Object.keys(schema.getMutationType()!.getFields());
const ruleOf = new Map(reading.flatMap((rule) => namesOf(rule.fields).map((name) => [name, rule] as const)));

describe('the table', () => {
  test('has every field of the schema, and each of them once', () => {
    const listed = [
      ...reading.flatMap(({ fields }) => namesOf(fields)),
      ...namesOf(answersOfMutations),
      ...namesOf(following),
      ...mutations.map((name) => `Mutation.${name}`),
    ];
    expect(listed.sort()).toEqual([...allFields]);
    expect([...new Set(doing.flatMap((rule) => rule.mutations.split(' ')))].sort()).toEqual([...mutations].sort());
  });

  test('is the one of docs/access.md', () => {
    const page = readFileSync(path.join(__dirname, '..', '..', 'docs', 'access.md'), 'utf8');
    expect(page).toContain(asMarkdown());
  });
});

describe('the server', () => {
  let world: World;
  let places: Places;
  beforeAll(async () => {
    ({ world, places } = await placesInAWorld());
  });
  afterAll(() => world.destroy());

  interface Question {
    readonly operation: Operation;
    /** Whose question it is: who is answered. */
    readonly may: (person: Person) => boolean;
    readonly hidden: string;
    /** Who asks it. */
    readonly asking: readonly (readonly [name: string, person: Person])[];
  }
  const everybody = Object.entries(people);

  /** So many of each kind show every field of it. */
  const SOME = 6;

  const seeing = everybody.filter(([, { sees }]) => sees);
  const alikes = [true, false].map((all) => seeing.filter(([, { seesDeleted }]) => seesDeleted === all));
  /** Of those who see alike, each asks for a share of the objects; in the long form for all of them. */
  const sharedAmong = (ids: readonly string[]): { ids: string[]; asking: typeof everybody }[] =>
    sharedOut(ids, effort.sharesOfObjects).map((share, n) => ({
      ids: share,
      asking: alikes.flatMap((those) => those.filter((_, i) => i % effort.sharesOfObjects === n)),
    }));

  async function questions(): Promise<Question[]> {
    const all = await harvest(world, places.whole);
    const own = someOfEach(all.own, SOME);
    const enough = await enoughToShow(world, own);
    const others = own.filter((id) => !enough.includes(id));
    // Whoever sees nothing of a workflow asks for all of it: that is soon answered.
    const parts = [
      { ids: enough, asking: everybody },
      { ids: others, asking: everybody.filter(([, { sees }]) => !sees) },
      ...sharedAmong(others),
    ];
    const at = ofPlace(places.whole);
    const args: Record<string, object> = {
      workflow: at,
      workflows: at,
      metrics: at,
      ...figureArguments(places.whole),
      dataOwners: at,
      packs: at,
      verifyChangeLog: at,
      changeLogReads: at,
      phaseVersion: { versionId: versionIdsAmong(own)[0]! },
      node: { id: own[0]! },
      search: { text: 'ada' },
      user: { userId: people.tester!.userId },
      lob: { lobId },
      cycle: { cycleId: at.cycleId },
      report: { reportId: at.reportId },
    };
    const { changeLogReads } = await world.get(
      people.auditor!.userId!,
      `query ($cycleId: UUID!, $reportId: UUID!) {
         changeLogReads(cycleId: $cycleId, reportId: $reportId, first: 3) { nodes { id } } }`,
      at,
    );
    const readIds = changeLogReads.nodes.map(({ id }: { id: string }) => id);
    const fields = Object.keys(schema.getQueryType()!.getFields()).filter((field) => field !== 'nodes');
    return [
      ...fields.map((field): Question => {
        const rule = ruleOf.get(`Query.${field}`)!;
        return {
          operation: queryOperation(field, { ...args[field] }),
          may: rule.may,
          hidden: hiddenAs[field] ?? 'never',
          asking: everybody,
        };
      }),
      ...nodeOperations(all.shared, argumentsAt([])).map((operation): Question => ({
        operation,
        may: ({ isSignedIn }) => isSignedIn,
        hidden: 'null',
        asking: everybody,
      })),
      ...nodeOperations(readIds, argumentsAt([])).map((operation): Question => ({
        operation,
        may: ({ seesReferenceLog }) => seesReferenceLog,
        hidden: 'null',
        asking: everybody,
      })),
      ...[
        { operation: asOfOperation(places.whole, versionIdsAmong(own)[0]!, places.instants[1]!), asking: everybody },
        ...parts.flatMap(({ ids, asking }) => wholeOperations(ids).map((operation) => ({ operation, asking }))),
      ].map((question): Question => ({ ...question, may: ({ sees }) => sees, hidden: 'null' })),
    ];
  }

  const own = reading.filter(({ answers }) => answers === 'EACH_THEIR_OWN').flatMap(({ fields }) => namesOf(fields));
  const ofOne = new RegExp(
    `(^/Query\\.(viewer|workflows|metrics|metricsTimeline|bottlenecks|actorActivity|figures)|/(${own.map((name) => name.replace('.', '\\.')).join('|')})\\d*)(/|$)`,
  );
  const known = new Map<string, boolean>();
  /** Everybody is answered at the same places, so each is looked at once. */
  const isOwn = (place: string): boolean => {
    let own = known.get(place);
    if (own === undefined) known.set(place, (own = ofOne.test(place.replace(/^\/Query\.nodes/, ''))));
    return own;
  };
  /** Values that everybody gets alike; what is each one's own is left out, with all below it. */
  const alike = (seen: Seen): Map<string, string> =>
    new Map([...seen.values()].flatMap((values) => [...values].filter(([place]) => !isOwn(place))));

  test('answers each field to whom the table says, the same as to the auditor, and to nobody else', async () => {
    const asked = await questions();
    const answered = new Map(everybody.map(([name]) => [name, new Set<string>()]));
    const wrong: string[] = [];
    for (const { operation, may, hidden, asking } of asked) {
      const full = await ask(world, people.auditor!.userId, operation);
      const wanted = alike(full.seen);
      await Promise.all(
        asking.map(async ([name, person]) => {
          const { seen, codes } = await ask(world, person.userId, operation);
          for (const [field, values] of seen)
            // A field of an object that is hidden is not there; what is asked for first is there, and null.
            if (!field.startsWith('Query.') || [...values.values()].some((value) => value !== 'null'))
              answered.get(name)!.add(field);
          if (may(person)) {
            const found = alike(seen);
            for (const [place, value] of wanted) if (found.get(place) !== value) wrong.push(`${name}: ${place}`);
            for (const place of found.keys()) if (!wanted.has(place)) wrong.push(`${name} besides: ${place}`);
          } else {
            const refusal = !person.isSignedIn ? 'UNAUTHENTICATED' : hidden === 'null' ? undefined : hidden;
            // A comparison of what does not exist is refused by not being there at all.
            if (codes[0] !== refusal)
              wrong.push(`${name}: ${codes.join()} instead of ${refusal}: ${operation.query.slice(0, 80)}`);
          }
        }),
      );
    }
    expect(wrong.slice(0, 20)).toEqual([]);

    let pairs = 0;
    for (const [field, { may }] of ruleOf)
      for (const [name, person] of everybody) {
        pairs++;
        if (answered.get(name)!.has(field) !== may(person)) wrong.push(`${field} for ${name}`);
      }
    expect(wrong).toEqual([]);
    expect(pairs).toBe(ruleOf.size * everybody.length);
    console.info(`${pairs} pairs of a field and a person`);
  });

  const fieldAt = (place: string): string => place.split('/').at(-1)!.replace(/\d+$/, '');
  /** A comparison that is refused is not there. */
  const isComparison = /^d\d+_\d+\/[^/]+$/;

  test('answers the same of what is not deleted to everybody who sees it, but for what leads to what is', async () => {
    const { own } = await harvest(world, places.torn);
    const gone = places.deleted.flatMap(({ version, draft }) => [version.versionId, draft.versionId]);
    const differing = new Set<string>();
    const compare = async (operation: Operation, asking: typeof everybody) => {
      const full = await ask(world, people.auditor!.userId, operation);
      const wanted = alike(full.seen);
      await Promise.all(
        asking.map(async ([name, { userId, seesDeleted }]) => {
          const found = alike((await ask(world, userId, operation)).seen);
          if (seesDeleted) return expect([name, found]).toEqual([name, wanted]);
          const other = [...wanted]
            .filter(([place, value]) => (found.has(place) ? found.get(place) !== value : isComparison.test(place)))
            .map(([place]) => place)
            .filter((place) => place !== '/Query.nodes');
          // What is below something else is something else.
          const places = new Set(other);
          for (const place of other)
            if (!place.split('/').some((_, i, parts) => i > 0 && places.has(parts.slice(0, i).join('/'))))
              differing.add(fieldAt(place));
        }),
      );
    };
    for (const { ids, asking } of sharedAmong(own)) {
      for (const operation of wholeOperations(ids, gone)) await compare(operation, asking);
    }
    const partly = reading
      .filter(({ answers }) => answers === 'WITHOUT_DELETED')
      .flatMap(({ fields }) => namesOf(fields));
    expect([...differing].sort().filter((name) => !partly.includes(name))).toEqual([]);
    expect(partly.filter((name) => !differing.has(name)).sort()).toEqual([]);
  });
});
