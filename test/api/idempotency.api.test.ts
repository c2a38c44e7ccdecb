/** A request that is sent twice is done once, whichever mutation it is: each of the schema has its case here. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, getNamedType, isInputObjectType, isNullableType, type GraphQLInputObjectType } from 'graphql';
import { projectRoot } from '../../src/env';
import { auditOnlyPhases } from '../../src/phases';
import { noticeMutations, packMutations, registerMutations, webhookMutations } from '../support/register';
import {
  buildRecord,
  buildVersion,
  commandInput,
  decideAll,
  demandPhase,
  itemKeys,
  sampleContent,
  sampleItem,
  sampleItems,
  transition,
  type VersionWanted,
} from '../support/builders';
import { ada, ben, both, eve, olga, makeDataOwners, stranger, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await makeDataOwners(world, olga, stranger);
  await demandPhase(world, 'TEST_EXECUTION', { of: workflow, preparer: ada });
});
afterAll(() => world.destroy());

const call = (userId: number, mutation: string, type: string, input: object) =>
  world.ask(
    userId,
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { version { versionId status revision versionNumber } changeSet { id sequence hash committedAt } } }`,
    { input },
  );

/** Everything that a commit writes. */
const written = async () =>
  (
    await world.sql(
      'owner',
      `select (select count(*) from log.change_set)::int as commits, (select count(*) from log.row_change)::int as rows,
       (select count(*) from phase_version)::int as versions, (select count(*) from log.idempotency_key)::int as keys`,
    )
  )[0];

interface Case {
  readonly mutation: string;
  readonly userId: number;
  /** How a second request is refused; CONFLICT if left out: the version has changed. */
  readonly again?: string;
  /** The input of the request, one that says something else, and what makes it one that is refused. */
  prepare(): Promise<[input: object, other: object, wrong?: object]>;
}

const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
const scoping = { ...place, phase: 'SCOPING' };
const stale = { expectedRevision: 4711 };

/** A step in the life of a version of Scoping. */
const step = (
  mutation: string,
  userId: number,
  status: VersionWanted['status'],
  more: (versionId: string) => object | Promise<object> = () => ({}),
): Case => ({
  mutation,
  userId,
  prepare: async () => {
    const { versionId, revision } = await buildVersion(world, { phase: 'SCOPING', status });
    const input = { reason: 'Fine.', ...(await more(versionId)), versionId, expectedRevision: revision };
    return [input, { ...input, reason: 'Very fine.' }, stale];
  },
});

const drafting: Case[] = [
  {
    mutation: 'createVersion',
    userId: ada,
    prepare: async () => {
      const input = {
        ...scoping,
        carryForward: 'NONE',
        content: sampleContent('SCOPING'),
        items: sampleItems('SCOPING', 3),
      };
      return [input, { ...input, items: sampleItems('SCOPING', 2) }, { parentVersionId: randomUUID() }];
    },
  },
  step('updateVersion', ada, 'DRAFT', () => ({ content: sampleContent('SCOPING', 2) })),
  {
    mutation: 'putItems',
    userId: ada,
    prepare: async () => {
      const { versionId, revision } = await buildVersion(world, { phase: 'SCOPING' });
      const input = { versionId, expectedRevision: revision, items: sampleItems('SCOPING', 2, 10) };
      return [input, { ...input, items: sampleItems('SCOPING', 2, 11) }, stale];
    },
  },
  step('removeItems', ada, 'DRAFT', async (versionId) => ({ itemKeys: (await itemKeys(world, versionId)).slice(1) })),
  step('submitVersion', ada, 'DRAFT'),
  step('restoreVersion', ada, 'APPROVED'),
  {
    mutation: 'rebaseVersion',
    userId: ada,
    prepare: async () => {
      const { versionId, revision } = await buildVersion(world, { phase: 'SCOPING' });
      await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
      const input = { versionId, expectedRevision: revision, reason: 'Fine.' };
      return [input, { ...input, reason: 'Very fine.' }, stale];
    },
  },
  step('withdrawVersion', ada, 'PENDING_APPROVAL'),
  step('decideItems', olga, 'PENDING_APPROVAL', async (versionId) => ({
    decisions: (await itemKeys(world, versionId)).map((itemKey) => ({ itemKey, status: 'APPROVED' })),
  })),
  {
    mutation: 'approveVersion',
    userId: olga,
    prepare: async () => {
      const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
      const { versionId, revision } = await decideAll(world, olga, pending, 'SCOPING');
      const input = { versionId, expectedRevision: revision, reason: 'Fine.' };
      return [input, { ...input, reason: 'Very fine.' }, stale];
    },
  },
  ...(['signOff', 'delegateSignOff'] as const).map((mutation): Case => ({
    mutation,
    userId: olga,
    again: mutation === 'signOff' ? 'INVALID_TRANSITION' : 'BAD_USER_INPUT', // signatures leave the revision alone
    prepare: async () => {
      const { versionId, revision } = await buildVersion(world, {
        phase: 'FINALIZE_TEST_REPORT',
        status: 'PENDING_APPROVAL',
      });
      const input =
        mutation === 'signOff'
          ? { versionId, expectedRevision: revision, role: 'report_owner', status: 'SIGNED', meaning: 'Review' }
          : { versionId, expectedRevision: revision, role: 'report_owner', toUserId: both, reason: 'On leave.' };
      return [input, { ...input, reason: 'Another.' }, stale];
    },
  })),
  step('rejectVersion', olga, 'PENDING_APPROVAL'),
  step('reviseVersion', ada, 'REJECTED'),
  step('deleteVersion', ada, 'DRAFT'),
  {
    mutation: 'undeleteVersion',
    userId: ada,
    prepare: async () => {
      const deleted = await transition(world, ada, 'deleteVersion', await buildVersion(world, { phase: 'SCOPING' }));
      const input = { versionId: deleted.versionId, expectedRevision: deleted.revision };
      return [input, { ...input, reason: 'After all.' }, stale];
    },
  },
];

/** The commands of the audit-only phases, each on a record of its own; reviews are for somebody else than the submitter. */
const recording: Case[] = auditOnlyPhases.flatMap((phase) =>
  Object.entries(phase.commands).map(([mutation, { action, isReview }]): Case => {
    const userId = isReview ? ben : ada;
    return {
      mutation,
      userId,
      prepare: async () => {
        const input = { ...commandInput(phase, mutation, 2), reason: 'Fine.' };
        const other = { reason: 'Very fine.' };
        if (!action) return [{ ...place, ...input }, { ...place, ...input, ...other }, { reportId: randomUUID() }];
        const { versionId, revision } = await buildRecord(world, { phase: phase.key });
        const on = { versionId, expectedRevision: revision };
        return [{ ...on, ...input }, { ...on, ...input, ...other }, stale];
      },
    };
  }),
);

const schema = buildSchema(readFileSync(path.join(projectRoot, 'schema.graphql'), 'utf8'));
/** By mutation; one that takes no input takes no key either (computing metrics anew is no deed to be done once). */
const inputTypes = new Map(
  Object.values(schema.getMutationType()!.getFields()).flatMap(({ name, args }) => {
    const input = args.find((argument) => argument.name === 'input');
    return input ? [[name, getNamedType(input.type).name] as const] : [];
  }),
);
/** The inputs of what starts something, which two people can do one after the other. */
const starting = new Set(
  [...inputTypes.values()].filter((type) => {
    const input = schema.getType(type);
    return isInputObjectType(input) && 'cycleId' in input.getFields();
  }),
);
const cases = [...drafting, ...recording].map((one) => ({ ...one, type: inputTypes.get(one.mutation)! }));

test('every mutation of the schema has its case', () => {
  const all = [
    ...cases.map(({ mutation }) => mutation),
    ...registerMutations,
    ...webhookMutations,
    ...packMutations,
    ...noticeMutations,
  ]; // those have theirs in register-mutations, test/delivery and test/files
  expect(all.sort()).toEqual([...inputTypes.keys()].sort());
  for (const type of inputTypes.values()) {
    const input = schema.getType(type);
    expect(isInputObjectType(input) && Object.keys(input.getFields())).toContain('idempotencyKey');
  }
});

describe.each(cases)('$mutation', ({ mutation, type, userId, again, prepare }) => {
  test('a retry with the same key and input gets the first answer and writes nothing', async () => {
    const [input] = await prepare();
    const idempotencyKey = randomUUID();
    const first = await call(userId, mutation, type, { ...input, idempotencyKey });
    expect(first.errors).toBeUndefined();
    const before = await written();
    for (let retry = 0; retry < 3; retry++)
      expect((await call(userId, mutation, type, { ...input, idempotencyKey })).data).toEqual(first.data);
    // The order of members and the case of a UUID say nothing.
    const reordered = Object.fromEntries(
      Object.entries({ idempotencyKey: idempotencyKey.toUpperCase(), ...input }).reverse(),
    );
    expect((await call(userId, mutation, type, reordered)).data).toEqual(first.data);
    expect(await written()).toEqual(before);
  });

  test('null and what is left out are one request to a retry', async () => {
    const [input] = await prepare();
    const nullable = Object.values((schema.getType(type) as GraphQLInputObjectType).getFields())
      .filter((field) => isNullableType(field.type) && !(field.name in input))
      .map(({ name, defaultValue }) => [name, defaultValue === undefined ? [null] : [null, defaultValue]] as const);
    expect(nullable.length).toBeGreaterThan(0);
    const idempotencyKey = randomUUID();
    const first = await call(userId, mutation, type, { ...input, idempotencyKey });
    expect(first.errors).toBeUndefined();
    for (const [name, values] of nullable.filter(([name]) => name !== 'idempotencyKey'))
      for (const value of values) {
        const again = await call(userId, mutation, type, { ...input, idempotencyKey, [name]: value });
        expect([name, again.errors, again.data]).toEqual([name, undefined, first.data]);
      }
  });

  test('ten retries at once make one commit', async () => {
    const [input] = await prepare();
    const before = await written();
    const idempotencyKey = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(userId, mutation, type, { ...input, idempotencyKey })),
    );
    expect(answers.map(({ errors }) => errors)).toEqual(Array(10).fill(undefined));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    const after = await written();
    expect(after).toMatchObject({ commits: before.commits + 1, keys: before.keys + 1 });
  });

  test('the same key with other input is IDEMPOTENCY_MISMATCH and writes nothing', async () => {
    const [input, other] = await prepare();
    const idempotencyKey = randomUUID();
    expect((await call(userId, mutation, type, { ...input, idempotencyKey })).errors).toBeUndefined();
    const before = await written();
    const { errors } = await call(userId, mutation, type, { ...other, idempotencyKey });
    expect(errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_MISMATCH');
    expect(errors?.[0]?.message).toMatch(/new key/);
    expect(await written()).toEqual(before);
  });

  test('a refused call stores nothing: the same key works afterwards', async () => {
    const [input, , wrong] = await prepare();
    const idempotencyKey = randomUUID();
    const before = await written();
    const refused = await call(userId, mutation, type, { ...input, ...wrong, idempotencyKey });
    expect(['CONFLICT', 'BAD_USER_INPUT', 'NOT_FOUND']).toContain(refused.errors?.[0]?.extensions.code);
    expect(await written()).toEqual(before);
    expect((await call(userId, mutation, type, { ...input, idempotencyKey })).errors).toBeUndefined();
  });

  test('without a key, the same request is another request', async () => {
    const [input] = await prepare();
    const first = await call(userId, mutation, type, input);
    expect(first.errors).toBeUndefined();
    const second = await call(userId, mutation, type, input);
    if (second.errors) expect(second.errors[0]?.extensions.code).toBe(again ?? 'CONFLICT');
    else expect(second.data[mutation].version.versionId).not.toBe(first.data[mutation].version.versionId);
    // Whatever starts something starts another one; whatever changes a version finds it changed, if it changed it.
    if (!('versionId' in input)) expect(second.errors).toBeUndefined();
  });
});

test('one key goes with every mutation once', async () => {
  const idempotencyKey = randomUUID();
  const answers = [];
  for (const { mutation, type, userId, prepare } of cases) {
    const [input] = await prepare();
    const { data, errors } = await call(userId, mutation, type, { ...input, idempotencyKey });
    expect([mutation, errors]).toEqual([mutation, undefined]);
    answers.push(data[mutation].changeSet.id);
  }
  expect(new Set(answers).size).toBe(cases.length);
});

test.each(cases.filter(({ type }) => starting.has(type)))(
  'the same key of another person is another key of $mutation',
  async ({ mutation, type, prepare }) => {
    const [input] = await prepare();
    const idempotencyKey = randomUUID();
    const [mine, theirs] = [
      await call(ada, mutation, type, { ...input, idempotencyKey }),
      await call(ben, mutation, type, { ...input, idempotencyKey }),
    ];
    expect(theirs.errors).toBeUndefined();
    expect(theirs.data[mutation].version.versionId).not.toBe(mine.data[mutation].version.versionId);
  },
);

test('a retry of a transfer is answered with the new assignment, as the transfer was', async () => {
  const { versionId } = await buildRecord(world, { phase: 'DATA_OWNER_ID' });
  const idempotencyKey = randomUUID();
  const input = { versionId, expectedRevision: 1, toUserId: olga, reason: 'Moved.', idempotencyKey };
  const first = (await call(eve, 'transferDataOwner', 'TransferDataOwnerInput', input)).data.transferDataOwner;
  expect(first.version).toMatchObject({ versionNumber: 1, status: 'RECORDED' });
  await call(eve, 'deactivateDataOwner', 'DeactivateDataOwnerInput', {
    versionId: first.version.versionId,
    expectedRevision: 1,
    reason: 'Left.',
  });
  const again = (await call(eve, 'transferDataOwner', 'TransferDataOwnerInput', input)).data.transferDataOwner;
  expect(again).toEqual({ ...first, version: { ...first.version, status: 'SUPERSEDED' } });
});

test('who owns no data any more gets no answer to a retry either', async () => {
  const assigned = await call(eve, 'assignDataOwner', 'AssignDataOwnerInput', {
    ...place,
    dataOwnerId: stranger,
    assignmentType: 'BACKUP',
  });
  const document = { ...place, documentId: randomUUID(), submissionType: 'LETTER', idempotencyKey: randomUUID() };
  expect((await call(stranger, 'submitDocument', 'SubmitDocumentInput', document)).errors).toBeUndefined();
  await call(eve, 'deactivateDataOwner', 'DeactivateDataOwnerInput', {
    versionId: assigned.data.assignDataOwner.version.versionId,
    expectedRevision: 1,
    reason: 'Left.',
  });
  const { errors } = await call(stranger, 'submitDocument', 'SubmitDocumentInput', document);
  expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND');
});

test('the same key with another mutation is another key', async () => {
  const idempotencyKey = randomUUID();
  const created = await call(ada, 'createVersion', 'CreateVersionInput', {
    ...scoping,
    carryForward: 'NONE',
    idempotencyKey,
  });
  const { versionId, revision } = created.data.createVersion.version;
  const put = {
    versionId,
    expectedRevision: revision,
    items: { scopingDecisions: [sampleItem('SCOPING', 1)] },
    idempotencyKey,
  };
  expect((await call(ada, 'putItems', 'PutItemsInput', put)).errors).toBeUndefined();
});

test('a retry is answered with the version as it is now, and the commit as it was then', async () => {
  const idempotencyKey = randomUUID();
  const input = { ...scoping, carryForward: 'NONE', items: sampleItems('SCOPING', 1), idempotencyKey };
  const first = (await call(ada, 'createVersion', 'CreateVersionInput', input)).data.createVersion;
  const { versionId } = first.version;
  await call(ada, 'submitVersion', 'VersionTransitionInput', { versionId, expectedRevision: 1 });
  const again = (await call(ada, 'createVersion', 'CreateVersionInput', input)).data.createVersion;
  expect(again.changeSet).toEqual(first.changeSet);
  expect(again.version).toMatchObject({ versionId, status: 'PENDING_APPROVAL', revision: 2 });
});

test('who lost sight of the workflow gets no answer to a retry either', async () => {
  const idempotencyKey = randomUUID();
  const input = { ...scoping, carryForward: 'NONE', idempotencyKey };
  expect((await call(ben, 'createVersion', 'CreateVersionInput', input)).errors).toBeUndefined();
  await world.sql('owner', `update workflows set test_lead_id = null where workflow_id = $1`, [workflow.workflowId]);
  await world.sql('owner', `delete from workflow_testers where workflow_id = $1 and user_id = ${ben}`, [
    workflow.workflowId,
  ]);
  expect((await call(ben, 'createVersion', 'CreateVersionInput', input)).errors?.[0]?.extensions.code).toBe(
    'NOT_FOUND',
  );
});
