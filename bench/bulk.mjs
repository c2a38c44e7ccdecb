// Measures the cost per item of bulk writes and decisions. The total should grow with the number of items, and with nothing else.
import { creditCards, median, table, timed, withServer } from './fixture.mjs';

const sizes = [250, 500, 1000, 2000, 4000];
const ROUNDS = 5;
const [tester, owner] = [1, 3];
const run = (ask, userId, mutation, type, input) =>
  ask(userId, `mutation ($input: ${type}!) { ${mutation}(input: $input) { version { versionId revision } } }`, {
    input,
  }).then((data) => data[mutation].version);
const at = ({ versionId, revision }) => ({ versionId, expectedRevision: revision });

await withServer(async ({ ask }) => {
  const costs = new Map(sizes.map((size) => [size, { put: [], decide: [] }]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const size of round % 2 ? sizes : [...sizes].reverse()) {
      const samples = Array.from({ length: size }, (_, i) => ({
        sampleIdentifier: `S-${i}`,
        sampleData: { account: `A-${i}`, balance: i * 1.25, text: 'x'.repeat(150) },
        sampleType: 'POPULATION',
      }));
      let version = await run(ask, tester, 'createVersion', 'CreateVersionInput', {
        ...creditCards,
        phase: 'SAMPLE_SELECTION',
        carryForward: 'NONE',
      });
      const put = await timed(() =>
        run(ask, tester, 'putItems', 'PutItemsInput', { ...at(version), items: { samples } }),
      );
      version = await run(ask, tester, 'submitVersion', 'VersionTransitionInput', at(put.result));
      const keys = [];
      for (let after = null, more = true; more;) {
        const { phaseVersion } = await ask(
          owner,
          'query ($id: UUID!, $after: String) { phaseVersion(versionId: $id) { items(first: 1000, after: $after) { nodes { itemKey } pageInfo { hasNextPage endCursor } } } }',
          { id: version.versionId, after },
        );
        keys.push(...phaseVersion.items.nodes.map(({ itemKey }) => itemKey));
        ({ hasNextPage: more, endCursor: after } = phaseVersion.items.pageInfo);
      }
      const decisions = keys.map((itemKey) => ({ itemKey, status: 'APPROVED' }));
      const decide = await timed(() =>
        run(ask, owner, 'decideItems', 'DecideItemsInput', { ...at(version), decisions }),
      );
      if (round > 0) {
        // The first round is a warm-up.
        costs.get(size).put.push(put.ms);
        costs.get(size).decide.push(decide.ms);
      }
    }
  const perItem = (size, kind) => (1000 * median(costs.get(size)[kind])) / size;
  const base = sizes[1];
  console.log('Microseconds an item, and against those of 500 (medians of five rounds):\n');
  table(
    ['items', 'putItems', 'ratio', 'decideItems', 'ratio'],
    sizes.map((size) => [
      size,
      ...['put', 'decide'].flatMap((kind) => [
        perItem(size, kind).toFixed(0),
        (perItem(size, kind) / perItem(base, kind)).toFixed(2),
      ]),
    ]),
  );
});
