/** Attributes that a bank names by codes: each stands for one UUID wherever it is sent, and is shown as it was given. */
import { v5 as uuidv5 } from 'uuid';
import { itemHash } from '../../src/versioning/content';
import { fullPhaseOf } from '../../src/phases';
import { buildVersion, mutate, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { lastCommit } from '../past/support';
import { ada, aud, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

/** As docs/clients.md says. */
const idOf = (code: string) => uuidv5(code, '2b6e0b5a-93a4-5d0f-8a51-7c1d5f0e4c39');
const { cycleId, reportId } = workflow;

const planned = (attributeId: string, more: object = {}) => ({
  attributeId,
  attributeData: { name: `Attribute ${attributeId}` },
  decisionType: 'INCLUDE',
  ...more,
});
const draft = (phase: string, items: object, more: object = {}) =>
  mutate(world, ada, 'createVersion', 'CreateVersionInput', { cycleId, reportId, phase, items, carryForward: 'NONE', ...more }); // prettier-ignore
const put = ({ versionId, revision: expectedRevision }: BuiltVersion, input: object) =>
  mutate(world, ada, 'putItems', 'PutItemsInput', { versionId, expectedRevision, ...input });
const refused = async (version: BuiltVersion, input: object) => {
  const { versionId, revision: expectedRevision } = version;
  const { errors } = await world.ask(
    ada,
    'mutation ($input: PutItemsInput!) { putItems(input: $input) { version { versionId } } }',
    { input: { versionId, expectedRevision, ...input } },
  );
  return errors![0];
};
const itemsOf = async ({ versionId }: { versionId: string }, args = 'first: 100', directive = '') =>
  (
    await world.get(
      aud,
      `query ${directive} { phaseVersion(versionId: "${versionId}") { items(${args}) { nodes { itemKey label contentHash content
         ... on AttributeDecision { attributeId attributeCode } ... on ScopingDecision { attributeId attributeCode attribute { attributeCode } } } } } }`,
    )
  ).phaseVersion.items.nodes as any[];

test('a code stands for one UUID, in every phase, and is shown beside it as it was given', async () => {
  const uuid = '0194d2a0-5c00-7000-8000-00000000a001';
  const plan = await draft('PLANNING', { attributeDecisions: [planned('  CDE-001 '), planned(uuid)] });
  const shown = await itemsOf(plan);
  expect(shown).toMatchObject([
    { attributeId: idOf('CDE-001'), attributeCode: 'CDE-001', content: { attributeCode: 'CDE-001' } },
    { attributeId: uuid, attributeCode: null, content: { attributeId: uuid, attributeCode: null } },
  ]);
  // It is part of what is hashed.
  const { fields } = fullPhaseOf('PLANNING').item;
  for (const { content, contentHash } of shown) expect(contentHash).toBe(itemHash(fields, content));
  await transition(world, ada, 'approveVersion', await transition(world, ada, 'submitVersion', plan));

  await buildVersion(world, { phase: 'DATA_PROFILING', status: 'APPROVED', items: 1 });
  const scoping = await draft('SCOPING', {
    scopingDecisions: [
      { attributeId: 'CDE-001', isInScope: true },
      { attributeId: 'NOT-PLANNED', isInScope: false },
    ],
  });
  expect(await itemsOf(scoping)).toMatchObject([
    { attributeId: idOf('CDE-001'), label: 'Attribute   CDE-001 ', attribute: { attributeCode: 'CDE-001' } },
    { attributeId: idOf('NOT-PLANNED'), label: 'NOT-PLANNED', attribute: null },
  ]);
});

test('an item is changed, replaced and found by its code, its UUID, or both', async () => {
  let version = await draft('PLANNING', { attributeDecisions: [planned('CDE-10'), planned('CDE-11')] });
  const changing = (change: object) => put(version, { changes: { attributeDecisions: [change] } });
  version = await changing({ attributeId: 'CDE-10', decisionReason: 'By its code.' });
  version = await changing({ attributeCode: 'CDE-11', decisionReason: 'By its code alone.' });
  version = await changing({ attributeId: idOf('CDE-10'), decisionType: 'EXCLUDE' });
  const [ten, eleven] = await itemsOf(version);
  expect(ten.content).toMatchObject({
    attributeCode: 'CDE-10',
    decisionReason: 'By its code.',
    decisionType: 'EXCLUDE',
  });
  expect(eleven.content).toMatchObject({ attributeCode: 'CDE-11', decisionReason: 'By its code alone.' });
  // What was read is sent back as it is.
  version = await put(version, {
    items: { attributeDecisions: [{ ...ten.content, decisionReason: 'Again.' }] },
    replaceExisting: true,
  });
  expect((await itemsOf(version))[0].content).toEqual({ ...ten.content, decisionReason: 'Again.' });

  for (const condition of [
    'field: "attributeId", equals: "CDE-10"',
    'field: "attributeId", in: ["CDE-10", "CDE-99"]',
    `field: "attributeId", equals: "${idOf('CDE-10')}"`,
    'field: "attributeCode", equals: "CDE-10"',
    'field: "attributeCode", contains: "e-10"',
  ])
    expect(await itemsOf(version, `filter: { fields: [{ ${condition} }] }`)).toMatchObject([{ itemKey: ten.itemKey }]);
  expect(await itemsOf(version, 'orderBy: { field: "attributeCode", direction: DESC }')).toMatchObject([
    { attributeCode: 'CDE-11' },
    { attributeCode: 'CDE-10' },
  ]);
  // What names one attribute twice does so whichever way it is written.
  const twice = [planned('CDE-12'), planned(idOf('CDE-12'))];
  expect(await refused(version, { items: { attributeDecisions: twice } })).toMatchObject({
    extensions: { code: 'BAD_USER_INPUT' },
  });
  expect(await refused(version, { items: { attributeDecisions: [planned('CDE-10')] } })).toMatchObject({
    message: expect.stringContaining('attributeId CDE-10 is in this version already'),
    extensions: { code: 'BAD_USER_INPUT', itemKey: ten.itemKey },
  });
});

test('the code is there as of any time, and in the log', async () => {
  const version = await draft('PLANNING', { attributeDecisions: [planned('CDE-20')] });
  const then = await lastCommit(world, workflow.workflowId);
  const given = await put(version, {
    changes: { attributeDecisions: [{ attributeId: 'CDE-20', attributeCode: null }] },
  });
  // Whoever names the item by its code says its code.
  expect((await itemsOf(given))[0]).toMatchObject({ attributeCode: 'CDE-20' });
  const [{ itemKey }] = await itemsOf(version);
  const cleared = await put(given, { changes: { attributeDecisions: [{ itemKey, attributeCode: null }] } });
  expect((await itemsOf(cleared))[0]).toMatchObject({ attributeId: idOf('CDE-20'), attributeCode: null });
  expect((await itemsOf(version, 'first: 1', `@asOf(at: "${then}")`))[0]).toMatchObject({ attributeCode: 'CDE-20' });
  const images = await world.sql<{ code: string | null }>(
    'superuser',
    `select after ->> 'attribute_code' as code from log.row_change where table_name = 'attribute_decisions'
       and after ->> 'item_key' = $1 order by sequence`,
    [itemKey],
  );
  expect(images.map(({ code }) => code)).toEqual(['CDE-20', null]);
});

test('what is no code, or is meant as a UUID, is refused, and so is a code where nothing goes by codes', async () => {
  const version = await draft('PLANNING', { attributeDecisions: [planned('CDE-30')] });
  const uuid = idOf('CDE-30');
  for (const attributeId of [
    `{${uuid}}`,
    `urn:uuid:${uuid}`,
    uuid.replaceAll('-', ''),
    uuid.slice(1),
    `${uuid.slice(0, -1)}g`,
    '',
    '  ',
    'two\nlines',
    'x'.repeat(101),
  ])
    expect([
      attributeId,
      await refused(version, { items: { attributeDecisions: [planned(attributeId)] } }),
    ]).toMatchObject([attributeId, { extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(
    await refused(version, { items: { attributeDecisions: [planned(uuid, { attributeCode: 'CDE-31' })] } }),
  ).toMatchObject({
    message: expect.stringContaining('name two different things'),
    extensions: { code: 'BAD_USER_INPUT', argument: 'attributeCode', attributeId: idOf('CDE-31') },
  });
  for (const [asked, argument] of [
    ['{ phaseVersion(versionId: "CDE-30") { versionId } }', 'versionId'],
    [
      `{ phaseVersion(versionId: "${version.versionId}") { items(filter: { itemKeys: ["CDE-30"] }) { totalCount } } }`,
      'itemKeys',
    ],
  ] as const)
    expect((await world.ask(ada, asked)).errors![0]).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', argument },
    });
  expect(await refused(version, { changes: { attributeDecisions: [{ attributeId: 'CDE-99' }] } })).toMatchObject({
    message: expect.stringContaining('no item with attributeId CDE-99'),
  });
  expect(sampleItem('PLANNING', 1)).toMatchObject({ attributeCode: null });
});
