// Measures reading a draft of 500 items as of a past instant, with 5,000 row changes in its history, against reading it live.
import { creditCards, median, table, timed, withServer } from './fixture.mjs';

const ITEMS = 500;
const FORMS = 10;
const ROUNDS = 40;
const tester = 1;
const samples = (form) =>
  Array.from({ length: ITEMS }, (_, i) => ({
    sampleIdentifier: `S-${i}`,
    sampleData: { account: `A-${i}`, balance: i * 1.25 + form, text: 'x'.repeat(150) },
    sampleType: 'POPULATION',
  }));
const committed = 'changeSet { committedAt } version { versionId revision }';
const content = `status items(first: ${ITEMS}) { nodes { itemKey label content reviewStatus } }`;

await withServer(async ({ ask, db }) => {
  const run = async (mutation, type, input) => {
    const data = await ask(tester, `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${committed} } }`, {
      input,
    });
    instants.push(data[mutation].changeSet.committedAt);
    return data[mutation].version;
  };
  const instants = [];
  let version = await run('createVersion', 'CreateVersionInput', {
    ...creditCards,
    phase: 'SAMPLE_SELECTION',
    carryForward: 'NONE',
    items: { samples: samples(0) },
  });
  const first = `query ($id: UUID!) { phaseVersion(versionId: $id) { items(first: ${ITEMS}) { nodes { itemKey } } } }`;
  const { phaseVersion } = await ask(tester, first, { id: version.versionId });
  const keys = phaseVersion.items.nodes.map(({ itemKey }) => itemKey);
  for (let form = 1; form < FORMS; form++)
    version = await run('putItems', 'PutItemsInput', {
      versionId: version.versionId,
      expectedRevision: version.revision,
      items: { samples: samples(form).map((sample, i) => ({ ...sample, itemKey: keys[i] })) },
    });
  const [{ changes }] = await db.query(
    `select count(*)::int as changes from log.row_change where version_id = $1 and table_name = 'sample_decisions'`,
    [version.versionId],
  );

  const live = `query ($id: UUID!) { phaseVersion(versionId: $id) { ${content} } }`;
  const past = `query ($id: UUID!, $at: DateTime!) @asOf(at: $at) { phaseVersion(versionId: $id) { ${content} } }`;
  const id = version.versionId;
  const readings = {
    live: () => ask(tester, live, { id }),
    'as of its last commit': () => ask(tester, past, { id, at: instants.at(-1) }),
    'as of halfway': () => ask(tester, past, { id, at: instants[FORMS / 2] }),
    'as of its first commit': () => ask(tester, past, { id, at: instants[0] }),
  };
  const times = Object.fromEntries(Object.keys(readings).map((name) => [name, []]));
  for (let round = -10; round < ROUNDS; round++)
    for (const [name, read] of Object.entries(readings)) {
      const { ms } = await timed(read);
      if (round >= 0) times[name].push(ms);
    }
  console.log(`A draft of ${ITEMS} items with ${changes} changes of items (medians of ${ROUNDS} rounds):\n`);
  table(
    ['read', 'ms', 'against live'],
    Object.entries(times).map(([name, all]) => [
      name,
      median(all).toFixed(1),
      (median(all) / median(times.live)).toFixed(2),
    ]),
  );
});
