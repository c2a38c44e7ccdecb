/**
 * Who may do what: every mutation, tried by everybody on everything it is for. What it then does in which state is in the
 * tables of transitions (test/api/transitions-*, record-transitions); here it counts who is let through: whoever acts on a
 * revision that is not the latest is told so only if they may act at all.
 */
import { randomUUID } from 'node:crypto';
import { auditOnlyPhases, fullPhaseOf, fullPhases, phases } from '../../src/phases';
import { REFERENCE_STREAM } from '../../src/database/register/people';
import { commandInput, latestOf, sampleItems, type BuiltVersion } from '../support/builders';
import { answerTo, draftDeeds, recordDeeds } from '../support/deeds';
import { effort } from '../support/effort';
import { ada, ben, dan, World } from '../support/world';
import { placesInAWorld, people, type Person, type Places } from './places';
import { schema } from './selection';
import { doing } from './table';

let world: World;
let places: Places;
beforeAll(async () => {
  ({ world, places } = await placesInAWorld());
});
afterAll(() => world.destroy());

const mutations = Object.keys(schema.getMutationType()!.getFields());
const everybody = Object.entries(people);

/** @param signature which one is meant, where it is about one */
const may = (
  { userId, isSignedIn, actsAs, signs, delegates, seesReferenceLog }: Person,
  mutation: string,
  phase: string,
  signature = '',
): boolean =>
  doing.some(({ mutations: all, phases: within, as }) => {
    if (!all.split(' ').includes(mutation) || !(within?.includes(phase) ?? true)) return false;
    if (as === 'SIGNER') return signs.includes(signature);
    if (as === 'PRINCIPAL') return delegates.includes(signature);
    if (as === 'EVERYBODY') return isSignedIn;
    if (as === 'KEEPER') return seesReferenceLog;
    if (as === 'ADMINISTRATOR') return userId !== null && administrators.includes(userId);
    return as.some((role) => actsAs.includes(role));
  });
const refusal = ({ isSignedIn, sees }: Person): string =>
  !isSignedIn ? 'UNAUTHENTICATED' : sees ? 'FORBIDDEN' : 'NOT_FOUND';

/** Every mutation of a version, in each phase it is for. */
const changing = [
  ...fullPhases.flatMap((phase) =>
    draftDeeds
      .filter(({ action, where }) => action !== 'WAIVE' && (where?.(phase) ?? true))
      .map((deed) => ({ ...deed, phase: phase.key, more: deed.input?.(phase, randomUUID()) ?? {} })),
  ),
  ...recordDeeds.map((deed) => ({ ...deed, more: deed.input!(fullPhases[0]!, randomUUID()) })),
];
const STALE = 999;

/** Whoever keeps the register, whatever else they are. */
const administrators = Object.entries(people).flatMap(([name, { userId }]) =>
  name.startsWith('administrator') && userId !== null ? [userId] : [],
);
/** Every mutation of the register, of what is taken away or of what one is told, and what it answers to those who may: nothing is there under these ids. */
const registering = [
  { mutation: 'createUser', input: () => ({ userId: 1, name: 'Somebody', roles: [] }), wanted: 'CONFLICT' },
  { mutation: 'createLob', input: () => ({ name: randomUUID() }), wanted: 'accepted' },
  { mutation: 'createCycle', input: () => ({ name: randomUUID() }), wanted: 'accepted' },
  { mutation: 'createReport', input: () => ({ name: 'Any', number: randomUUID() }), wanted: 'accepted' },
  {
    mutation: 'createWorkflow',
    input: () => ({ cycleId: randomUUID(), reportId: randomUUID() }),
    wanted: 'BAD_USER_INPUT',
  },
  {
    mutation: 'createWebhook',
    input: () => ({ name: 'Any', url: 'https://hooks.bank.example', reason: 'It is tried.' }),
    wanted: 'accepted',
  },
  ...Object.entries({
    updateWebhook: {},
    rotateWebhookSecret: {},
    replayWebhook: { streamId: REFERENCE_STREAM, fromSequence: 1 },
  }).map(([mutation, more]) => ({
    mutation,
    input: () => ({ webhookId: randomUUID(), expectedRevision: STALE, reason: 'It is tried.', ...more }),
    wanted: 'NOT_FOUND',
  })),
  {
    mutation: 'setNotificationRule',
    input: () => ({ channel: 'EMAIL', address: 'any@bank.example', zone: 'Nowhere', hour: 8 }),
    wanted: 'BAD_USER_INPUT',
  },
  { mutation: 'removeNotificationRule', input: () => ({ ruleId: randomUUID() }), wanted: 'NOT_FOUND' },
  { mutation: 'requestPack', input: () => ({ cycleId: randomUUID(), reportId: randomUUID() }), wanted: 'NOT_FOUND' },
  ...['User', 'Lob', 'Cycle', 'Report', 'Workflow'].map((kind) => ({
    mutation: `update${kind}`,
    input: () => ({ [`${kind.toLowerCase()}Id`]: kind === 'User' ? 987_654 : randomUUID(), expectedRevision: STALE }),
    wanted: 'NOT_FOUND',
  })),
];

test('every mutation is tried', () => {
  const starting = auditOnlyPhases.flatMap(({ commands }) =>
    Object.keys(commands).filter((name) => !commands[name]!.action),
  );
  expect(
    [
      ...new Set([
        ...changing.map(({ mutation }) => mutation),
        ...starting,
        ...registering.map(({ mutation }) => mutation),
        'createVersion',
        'refreshMetrics',
      ]),
    ].sort(),
  ).toEqual([...mutations].sort());
});

describe('mutations of a version', () => {
  test('let through whom the table names, and refuse all others without a trace', async () => {
    const { whole } = places;
    const latest = new Map<string, BuiltVersion>();
    for (const { key } of phases) latest.set(key, (await latestOf(world, key, whole))!);
    const commits = await countCommits();
    const wrong: unknown[] = [];
    let pairs = 0;
    for (const { phase, more, ...deed } of changing)
      await Promise.all(
        everybody.map(async ([name, person]) => {
          const input = { versionId: latest.get(phase)!.versionId, expectedRevision: STALE, ...more };
          const answer = await answerTo(world, person.userId, deed, input);
          const isMissing = deed.role !== undefined && person.sees && !fullPhaseOf(phase).signOffs;
          const refused = isMissing ? 'BAD_USER_INPUT' : refusal(person); // to sign what takes no signatures
          const wanted = may(person, deed.mutation, phase, deed.role) ? 'CONFLICT' : refused;
          pairs++;
          if (answer !== wanted) wrong.push([deed.mutation, phase, name, answer, wanted]);
        }),
      );
    expect(wrong).toEqual([]);
    expect(await countCommits()).toBe(commits);
    expect(pairs).toBe(changing.length * everybody.length);
  });

  test('answer as if there were nothing, whatever is hidden from the one who asks', async () => {
    const [{ version }] = places.deleted as [Places['deleted'][number]];
    const hidden: [Person, string][] = [
      ...everybody.filter(([, { sees }]) => !sees).map(([, person]): [Person, string] => [person, version.versionId]),
      ...everybody
        .filter(([, { sees, seesDeleted }]) => sees && !seesDeleted)
        .map(([, person]): [Person, string] => [person, version.versionId]),
    ];
    for (const [n, { mutation, inputType, more }] of changing.entries())
      for (const [{ userId }, versionId] of hidden.filter((_, place) => (n + place) % effort.hiddenOneIn === 0)) {
        const query = `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { version { id } } }`;
        const say = async (id: string) => {
          const { data, errors } = await world.ask(userId, query, {
            input: { ...more, versionId: id, expectedRevision: 1, idempotencyKey: randomUUID() },
          });
          return JSON.stringify({ data, errors }).replaceAll(id, 'it');
        };
        expect(await say(versionId)).toBe(await say(randomUUID()));
      }
  });
});

test('mutations of the register are for administrators, rules of notification for everybody, and packs for those to whom nothing is hidden', async () => {
  for (const { mutation, input, wanted } of registering)
    for (const [name, person] of everybody) {
      const inputType = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
      const { errors } = await world.ask(
        person.userId,
        `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { __typename } }`,
        { input: input() },
      );
      const answer = errors?.[0]?.extensions.code ?? 'accepted';
      const refused = person.isSignedIn ? 'FORBIDDEN' : 'UNAUTHENTICATED';
      expect([mutation, name, answer]).toEqual([mutation, name, may(person, mutation, '') ? wanted : refused]);
    }
});

describe('mutations that start something', () => {
  const starting = (place: { cycleId: string; reportId: string }) => {
    const where = { cycleId: place.cycleId, reportId: place.reportId };
    return [
      ...fullPhases.map(({ key }) => ({
        mutation: 'createVersion',
        inputType: 'CreateVersionInput',
        phase: key,
        input: { ...where, phase: key, carryForward: 'NONE', items: sampleItems(key, 1) },
      })),
      ...auditOnlyPhases.flatMap((phase) =>
        Object.entries(phase.commands)
          .filter(([, { action }]) => !action)
          .map(([mutation, { inputType }]) => ({
            mutation,
            inputType,
            phase: phase.key,
            input: {
              ...where,
              ...commandInput(phase, mutation),
              ...(mutation === 'assignDataOwner' && { dataOwnerId: dan, assignmentType: 'BACKUP' }),
            },
          })),
      ),
    ];
  };

  test('are accepted from whom the table names, and from nobody else', async () => {
    for (const { mutation, inputType, phase, input } of starting(places.whole))
      for (const [name, person] of everybody) {
        const wanted = may(person, mutation, phase) ? 'accepted' : refusal(person);
        expect([mutation, phase, name, await answerTo(world, person.userId, { mutation, inputType }, input)]).toEqual([
          mutation,
          phase,
          name,
          wanted,
        ]);
      }
  });

  test('answer as if there were no workflow to those who may not see it', async () => {
    const nowhere = { ...places.whole, reportId: randomUUID() };
    for (const [i, { mutation, inputType, input }] of starting(places.whole).entries())
      for (const [, { userId }] of everybody.filter(([, { sees }]) => !sees)) {
        const query = `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { version { id } } }`;
        const say = async (given: object) => {
          const { data, errors } = await world.ask(userId, query, { input: given });
          return JSON.stringify({ data, errors });
        };
        const other = await say(starting(nowhere)[i]!.input);
        expect(await say(input)).toBe(other.replaceAll(nowhere.reportId, places.whole.reportId));
      }
  });

  test('figures are calculated by whoever sees the workflow, but for administrators and auditors', async () => {
    const { cycleId, reportId } = places.whole;
    for (const [name, person] of everybody) {
      const code = await world.codeOf(
        person.userId,
        `mutation { refreshMetrics(cycleId: "${cycleId}", reportId: "${reportId}") }`,
      );
      expect([name, code]).toEqual([name, may(person, 'refreshMetrics', '') ? undefined : refusal(person)]);
    }
  });
});

test('administrators and auditors have written nothing in workflows, whatever else they are and whatever they tried', async () => {
  const keepers = everybody.filter(([, { seesReferenceLog }]) => seesReferenceLog).map(([, { userId }]) => userId);
  const commits = await world.sql(
    'superuser',
    'select 1 from log.change_set where actor_id = any($1::int[]) and stream_id <> $2',
    [keepers, REFERENCE_STREAM],
  );
  const others = await world.sql('superuser', 'select 1 from log.change_set where actor_id = any($1::int[])', [
    [ada, ben, dan],
  ]);
  expect(keepers).toHaveLength(4);
  expect([commits.length, others.length > 100]).toEqual([0, true]);
});

describe('a key that was used', () => {
  test('by somebody else answers nothing of theirs', async () => {
    const { cycleId, reportId } = places.whole;
    const input = { cycleId, reportId, phase: 'SCOPING', idempotencyKey: randomUUID() };
    const query =
      'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } changeSet { id } } }';
    const mine = await world.get(ada, query, { input });
    expect(await world.get(ada, query, { input })).toEqual(mine);
    for (const [, person] of everybody.filter(([, { userId }]) => userId !== ada)) {
      const { data, errors } = await world.ask(person.userId, query, { input });
      expect(JSON.stringify({ data, errors })).not.toContain(mine.createVersion.version.versionId);
    }
  });

  test('answers nothing that has been hidden from its owner since', async () => {
    const { cycleId, reportId, workflowId } = places.whole;
    const input = { cycleId, reportId, phase: 'SCOPING', idempotencyKey: randomUUID() };
    const query =
      'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId revision } } }';
    const { version } = (await world.get(ben, query, { input })).createVersion;
    await answerTo(
      world,
      ada,
      { mutation: 'deleteVersion', inputType: 'VersionTransitionInput' },
      { versionId: version.versionId, expectedRevision: version.revision, reason: 'Begun twice.' },
    );
    expect((await world.get(ben, query, { input })).createVersion.version.versionId).toBe(version.versionId);
    // Ben is made the executive, who sees the workflow and not what is deleted in it.
    await world.sql('owner', `delete from workflow_testers where workflow_id = $1 and user_id = ${ben}`, [workflowId]);
    await world.sql('owner', `insert into user_roles (user_id, role) values (${ben}, 'TEST_EXECUTIVE')`);
    await world.sql('owner', `update workflows set test_executive_id = ${ben} where workflow_id = $1`, [workflowId]);
    expect(await world.codeOf(ben, query, { input })).toBe('NOT_FOUND');
  });
});

async function countCommits(): Promise<number> {
  const [row] = await world.sql<{ n: number }>('superuser', 'select count(*)::int as n from log.change_set');
  return row!.n;
}
