import { randomUUID } from 'node:crypto';
import { VersionDifferenceDocument } from '../../generated/graphql';
import { fullPhases } from '../../../src/phases';
import { slugOf } from '../../../src/phases/names';
import { aud, ada, ben, olga, workflow, type World } from '../../support/world';
import {
  approverOf,
  buildRecord,
  buildVersion,
  decideAll,
  demandPhase,
  sampleContent,
  sampleItem,
  sampleItems,
  signAll,
} from '../../support/builders';
import { restWorld, type RestAnswer } from './client';

let world: World;
let ask: Awaited<ReturnType<typeof restWorld>>['ask'];
beforeEach(async () => {
  ({ world, ask } = await restWorld());
});
afterEach(() => world.destroy());

const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
const where = `cycleId=${place.cycleId}&reportId=${place.reportId}`;
const versions = '/v1/phases/scoping/versions';
const openScoping = () => demandPhase(world, 'DATA_PROFILING', { of: workflow, preparer: ada });
const scopingItems = (count: number, from = 1) => sampleItems('SCOPING', count, from).scopingDecisions;

/** Does something with the version of an answer, in the revision that the answer had. */
const act = (userId: number, verb: string, { body, headers }: RestAnswer, sent: object = {}): Promise<RestAnswer> =>
  ask(userId, 'POST', `${versions}/${body.version.versionId}/${verb}`, {
    body: sent,
    headers: { 'if-match': headers.get('etag')! },
  });

/** The same version after something was done that the facade has nothing for. */
async function again(answer: RestAnswer): Promise<RestAnswer> {
  const read = await ask(aud, 'GET', `${versions}/${answer.body.version.versionId}`);
  return { ...read, body: { version: read.body } };
}

test('a version of Scoping is created, submitted, rejected, reverted to, approved and compared', async () => {
  await openScoping();
  expect((await ask(ada, 'GET', `${versions}/current?${where}`)).refusal).toEqual({
    status: 404,
    code: 'NOT_FOUND',
    detail: 'Scoping has no approved version yet.',
  });
  const created = await ask(ada, 'POST', versions, {
    body: {
      ...place,
      reason: 'First scope.',
      items: scopingItems(3),
      content: { scopingCriteria: { threshold: 3 } },
    },
  });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    version: {
      phase: 'SCOPING',
      versionNumber: 1,
      revision: 1,
      status: 'DRAFT',
      createdBy: { userId: ada, name: 'Ada Lindqvist' },
      content: { scopingCriteria: { threshold: 3 } },
    },
    changeSet: { operation: 'createVersion', reason: 'First scope.', actor: { userId: ada } },
  });
  expect(created.headers.get('etag')).toBe('"1"');
  const location = created.headers.get('location')!;
  expect(location).toBe(`${versions}/${created.body.version.versionId}`);
  expect((await ask(ada, 'GET', location)).body).toMatchObject({ ...created.body.version, items: { totalCount: 3 } });

  const submitted = await act(ada, 'submit', created);
  expect(submitted.body).toMatchObject({ version: { status: 'PENDING_APPROVAL', revision: 2 } });
  expect((await act(ada, 'approve', submitted)).body).toMatchObject({
    code: 'FORBIDDEN',
    requiredRoles: ['REPORT_OWNER'],
  });
  expect((await act(olga, 'approve', submitted)).body).toMatchObject({
    type: '/problems/items-undecided',
    status: 409,
    code: 'ITEMS_UNDECIDED',
    undecided: 3,
    total: 3,
    instance: `${location}/approve`,
  });
  expect((await act(olga, 'reject', submitted)).refusal.code).toBe('BAD_USER_INPUT');
  const rejected = await act(olga, 'reject', submitted, { reason: 'Too narrow.' });
  expect(rejected.body.version).toMatchObject({
    status: 'REJECTED',
    approvalNotes: 'Too narrow.',
    reviewedBy: { userId: olga },
  });
  expect((await act(ada, 'submit', rejected)).body).toMatchObject({
    type: '/problems/invalid-transition',
    status: 409,
    code: 'INVALID_TRANSITION',
    versionStatus: 'REJECTED',
    allowedFrom: ['DRAFT'],
  });

  const reverted = await act(ada, 'revert', rejected);
  expect(reverted.status).toBe(201);
  expect(reverted.headers.get('location')).toBe(`${versions}/${reverted.body.version.versionId}`);
  expect(reverted.body).toMatchObject({
    version: {
      versionNumber: 2,
      status: 'DRAFT',
      contentHash: created.body.version.contentHash,
      parent: { versionNumber: 1, status: 'REJECTED' },
    },
    changeSet: { operation: 'restoreVersion' },
  });
  const pending = await act(ada, 'submit', reverted);
  await decideAll(world, olga, pending.body.version, 'SCOPING');
  const stale = await act(olga, 'approve', pending);
  expect(stale.body).toMatchObject({
    type: '/problems/conflict',
    status: 412,
    code: 'CONFLICT',
    expectedRevision: 2,
    actualRevision: 3,
  });
  const approved = await act(olga, 'approve', await again(pending), { reason: 'Fits.' });
  expect(approved.body.version).toMatchObject({ status: 'APPROVED', approvalNotes: 'Fits.' });
  const current = await ask(olga, 'GET', `${versions}/current?${where}`);
  expect(current.headers.get('etag')).toBe(approved.headers.get('etag'));
  expect(current.body).toMatchObject({
    ...approved.body.version,
    items: {
      totalCount: 3,
      nodes: Array.from({ length: 3 }, () => expect.objectContaining({ reviewStatus: 'APPROVED' })),
    },
  });

  const next = await ask(ada, 'POST', versions, {
    body: { ...place, content: { scopingCriteria: { threshold: 4 } }, items: scopingItems(2, 4) },
  });
  expect(next.body.version).toMatchObject({ versionNumber: 3, base: { versionNumber: 2 } });
  const [from, to] = [created, next].map(({ body }) => body.version.versionId);
  const compared = await ask(olga, 'GET', `${versions}/compare?from=${from}&to=${to}`);
  const graphql = await world.run(olga, VersionDifferenceDocument, { versionId: to, from: 1 });
  const { from: before, to: after, ...difference } = graphql.phaseVersion!.diff!;
  expect(difference.summary).toMatchObject({ added: 2, unchanged: 3, fieldsChanged: 1 });
  expect(compared.body).toMatchObject({
    summary: difference.summary,
    fields: difference.fields,
    patch: difference.patch,
    from: { versionId: before.versionId, versionNumber: 1 },
    to: { versionId: after.versionId, versionNumber: 3 },
    items: {
      totalCount: difference.items.totalCount,
      nodes: difference.items.nodes.map(({ itemKey, label, kind, fields }) => ({ itemKey, label, kind, fields })),
    },
  });
});

test('whoever edited a version may not decide on it', async () => {
  await world.sql('owner', `insert into user_roles (user_id, role) values (${ada}, 'REPORT_OWNER')`);
  await world.sql(
    'owner',
    `update workflows set report_owner_id = ${ada} where workflow_id = '${workflow.workflowId}'`,
  );
  await demandPhase(world, 'PLANNING', { of: workflow, preparer: ben });
  await buildVersion(world, { phase: 'DATA_PROFILING', preparer: ben, approver: ada, status: 'APPROVED' });
  const draft = await ask(ada, 'POST', versions, { body: { ...place, items: scopingItems(1) } });
  const submitted = await act(ada, 'submit', draft);
  for (const [verb, sent] of [
    ['approve', {}],
    ['reject', { reason: 'No.' }],
  ] as const)
    expect((await act(ada, verb, submitted, sent)).body).toMatchObject({
      type: '/problems/four-eyes',
      title: 'Somebody else has to decide',
      status: 403,
      code: 'FOUR_EYES',
    });
});

test.each(fullPhases)(
  '$key goes from draft to approved, in its own words',
  async ({ key, version, item, prerequisites }) => {
    for (const needed of prerequisites) await demandPhase(world, needed, { of: workflow, preparer: ada });
    const path = `/v1/phases/${slugOf(key)}/versions`;
    const draft = await ask(ada, 'POST', path, {
      body: { ...place, content: sampleContent(key)[version.input], items: [sampleItem(key, 1)] },
    });
    expect(draft.body.version).toMatchObject({ phase: key, status: 'DRAFT' });
    const one = `${path}/${draft.body.version.versionId}`;
    const submitted = await ask(ada, 'POST', `${one}/submit`, { headers: { 'if-match': '"1"' } });
    await decideAll(world, approverOf(key), submitted.body.version, key);
    await signAll(world, submitted.body.version, key);
    const etag = (await ask(aud, 'GET', one)).headers.get('etag')!;
    const approved = await ask(approverOf(key), 'POST', `${one}/approve`, { headers: { 'if-match': etag } });
    expect(approved.body.version).toMatchObject({ status: 'APPROVED' });
    expect((await ask(aud, 'GET', `${path}/current?${where}`)).body.items.nodes).toMatchObject([
      { content: JSON.parse(JSON.stringify(sampleItem(key, 1))) as object },
    ]);
    expect(item.input).toBeDefined();
  },
);

test('of two people who approve at once, one does', async () => {
  const { versionId, revision } = await buildVersion(world, { phase: 'PLANNING', status: 'PENDING_APPROVAL' });
  const decide = (userId: number, verb: string, seen: number) =>
    ask(userId, 'POST', `/v1/phases/planning/versions/${versionId}/${verb}`, {
      body: { reason: 'Decided.' },
      headers: { 'if-match': `"${seen}"` },
    });
  const answers = await Promise.all([ada, ben].map((userId) => decide(userId, 'approve', revision)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  const later = await decide(ben, 'reject', revision + 1);
  expect(later.refusal).toMatchObject({ status: 409, code: 'INVALID_TRANSITION' });
});

test('two drafts are not both approved: the second is based on what is no longer in force', async () => {
  const one = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 1 });
  const other = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 1 });
  const [first, second] = await Promise.all([one, other].map((each) => decideAll(world, olga, each, 'SCOPING')));
  const answers = await Promise.all(
    [first!, second!].map(({ versionId, revision }) =>
      ask(olga, 'POST', `${versions}/${versionId}/approve`, { headers: { 'if-match': `"${revision}"` } }),
    ),
  );
  expect(answers.map(({ status, body }) => [status, body.code]).sort()).toEqual([
    [200, undefined],
    [409, 'STALE_BASE'],
  ]);
});

describe('a retry with the same key', () => {
  test('gets the first answer and does nothing, whether the key is in the header or in the body', async () => {
    await openScoping();
    const key = randomUUID();
    const input = { ...place, items: scopingItems(1) };
    const first = await ask(ada, 'POST', versions, { body: input, headers: { 'idempotency-key': `"${key}"` } });
    for (const way of [
      { body: input, headers: { 'idempotency-key': key } },
      { body: { ...input, idempotencyKey: key } },
      { body: { ...input, idempotencyKey: key }, headers: { 'idempotency-key': key } },
    ]) {
      const retry = await ask(ada, 'POST', versions, way);
      expect([retry.status, retry.body, retry.headers.get('location')]).toEqual([
        201,
        first.body,
        first.headers.get('location'),
      ]);
    }
    expect((await ask(ada, 'GET', `${versions}?${where}`)).body.totalCount).toBe(1);
    const other = await ask(ada, 'POST', versions, { body: { ...input, reason: 'x', idempotencyKey: key } });
    expect(other.refusal).toMatchObject({ status: 409, code: 'IDEMPOTENCY_MISMATCH' });
    const differing = { body: { ...input, idempotencyKey: key }, headers: { 'idempotency-key': randomUUID() } };
    expect((await ask(ada, 'POST', versions, differing)).refusal).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
    });
  });

  test('is the same retry over GraphQL', async () => {
    await openScoping();
    const idempotencyKey = randomUUID();
    const draft = await ask(ada, 'POST', versions, { body: { ...place, items: scopingItems(1) } });
    const { versionId } = draft.body.version;
    const headers = { 'if-match': '"1"', 'idempotency-key': idempotencyKey };
    const submitted = await ask(ada, 'POST', `${versions}/${versionId}/submit`, { headers });
    const { data } = await world.ask(
      ada,
      `mutation ($input: VersionTransitionInput!) { submitVersion(input: $input) { changeSet { sequence } } }`,
      { input: { versionId, expectedRevision: 1, idempotencyKey } },
    );
    expect(data.submitVersion.changeSet.sequence).toBe(submitted.body.changeSet.sequence);
  });
});

describe('lists', () => {
  const nextOf = ({ headers }: RestAnswer) => /<([^>]*)>; rel="next"/.exec(headers.get('link')!)?.[1];

  test('a history is read page by page, along its links, newest first; old names lead to today’s', async () => {
    await openScoping();
    for (let n = 1; n <= 5; n++)
      await ask(ada, 'POST', versions, { body: { ...place, content: { scopingCriteria: { n } } } });
    const numbers: number[] = [];
    let pages = 0;
    for (let path: string | undefined = `/v1/phases/SCOPING/versions?${where}&first=2`; path; pages++) {
      const page: RestAnswer = await ask(ada, 'GET', path);
      expect(page.body.totalCount).toBe(5);
      numbers.push(...page.body.nodes.map(({ versionNumber }: { versionNumber: number }) => versionNumber));
      path = nextOf(page);
      if (path) expect(path).toMatch(/^\/v1\/phases\/scoping\/versions\?/);
    }
    expect([pages, numbers]).toEqual([3, [5, 4, 3, 2, 1]]);
    const all = await ask(ada, 'GET', `${versions}?${where}`);
    expect([all.body.nodes.length, nextOf(all)]).toEqual([5, undefined]);
    const none = await ask(ada, 'GET', `${versions}?${where}&first=0`);
    expect([none.status, none.body.nodes, nextOf(none)]).toEqual([200, [], undefined]);
  });

  test('items of a version and of a comparison come in pages, too', async () => {
    const one = await buildVersion(world, { phase: 'SCOPING', items: 5 });
    const other = await buildVersion(world, { phase: 'SCOPING', items: 2 });
    const keysAlong = async (start: string) => {
      const keys: string[] = [];
      for (let path: string | undefined = start; path;) {
        const page: RestAnswer = await ask(ada, 'GET', path);
        keys.push(...page.body.items.nodes.map(({ itemKey }: { itemKey: string }) => itemKey));
        path = nextOf(page);
      }
      return keys;
    };
    const paged = await keysAlong(`${versions}/${one.versionId}?first=2`);
    expect([paged.length, paged]).toEqual([5, await keysAlong(`${versions}/${one.versionId}`)]);
    const between = `${versions}/compare?from=${other.versionId}&to=${one.versionId}`;
    const changed = await keysAlong(`${between}&first=1`);
    expect([changed.length, changed]).toEqual([3, await keysAlong(between)]);
  });

  test('as many statements are asked for many versions as for one', async () => {
    await openScoping();
    const create = () => ask(ada, 'POST', versions, { body: { ...place, items: scopingItems(2) } });
    const count = async () => (await world.counted(() => ask(ada, 'GET', `${versions}?${where}`))).statements.length;
    await create();
    await create();
    const few = await count();
    for (let n = 0; n < 6; n++) await create();
    expect(await count()).toBe(few);
  });
});

test('who only looks is told the same, without a body', async () => {
  const { versionId } = await buildVersion(world, { phase: 'SCOPING' });
  const looked = await ask(ada, 'HEAD', `${versions}/${versionId}`);
  expect([looked.status, looked.body, looked.headers.get('etag')]).toEqual([200, undefined, '"1"']);
});

describe('what is recorded, not drafted', () => {
  test('is read, and compared', async () => {
    const assigned = await buildRecord(world, { phase: 'DATA_OWNER_ID' });
    const path = '/v1/phases/Data%20Owner%20ID/versions';
    expect((await ask(ada, 'GET', `${path}?${where}`)).body.nodes).toMatchObject([
      { versionId: assigned.versionId, phase: 'DATA_OWNER_ID', status: 'RECORDED', versioningType: 'AUDIT_ONLY' },
    ]);
    const same = await ask(ada, 'GET', `${path}/compare?from=${assigned.versionId}&to=${assigned.versionId}`);
    expect(same.body).toMatchObject({ summary: { fieldsChanged: 0 }, items: { totalCount: 0 }, patch: [] });
    expect((await ask(ada, 'GET', `${path}/current?${where}`)).refusal).toMatchObject({
      status: 404,
      detail: expect.stringMatching(/^Data Owner ID keeps records/) as string,
    });
  });

  test('is refused where it would be drafted, with what to do instead', async () => {
    const { versionId } = await buildRecord(world, { phase: 'DATA_OWNER_ID' });
    const path = '/v1/phases/data-owner-id/versions';
    for (const body of [place, { ...place, content: { dataOwnerId: 1 }, items: [] }])
      expect((await ask(ada, 'POST', path, { body })).body).toMatchObject({
        status: 400,
        code: 'BAD_USER_INPUT',
        mutations: ['assignDataOwner'],
        detail: 'Data Owner ID is recorded, not drafted. Start a record with assignDataOwner.',
      });
    for (const verb of ['submit', 'approve', 'reject', 'revert']) {
      const { status, body } = await ask(ada, 'POST', `${path}/${versionId}/${verb}`, {
        body: { reason: 'No.' },
        headers: { 'if-match': '"1"' },
      });
      expect([verb, status, body.detail]).toEqual([verb, status, expect.stringContaining('Data Owner ID')]);
      expect([400, 403, 409]).toContain(status);
    }
  });
});
