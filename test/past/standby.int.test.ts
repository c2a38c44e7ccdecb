/** The past, read on a standby that lags: the same answers, wherever they come from. */
import { buildVersion, mutate, sampleItem, itemKeys, type BuiltVersion } from '../support/builders';
import { chance } from '../support/chance';
import { seed } from '../support/effort';
import { startReplicated, type Replicated } from '../support/standby';
import { until } from '../support/until';
import { ada, aud, workflow, World } from '../support/world';
import { now, pause, plus } from './support';

let servers: Replicated;
let world: World;
let version: BuiltVersion;

beforeAll(async () => {
  servers = await startReplicated();
  world = await World.create({}, servers);
  version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
});
afterAll(() => world.destroy());
beforeEach(() => servers.catchUp());
afterEach(() => servers.release());

const content = `workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") {
  testers { name }
  changes { totalCount }
  workflowPhase(phase: PLANNING) { progress history { nodes { revision items { nodes { content } } } } }
}`;
const askAt = (at: string) => world.ask(aud, `query @asOf(at: "${at}") { ${content} }`);
async function textAt(at: string): Promise<string> {
  const { data, errors } = await askAt(at);
  // On a busy machine a commit is in flight for longer than that is waited for.
  if (errors?.every(({ extensions }) => extensions.code === 'AS_OF_UNSETTLED')) return textAt(at);
  if (errors) throw new Error(JSON.stringify(errors));
  return JSON.stringify(data);
}

/** Changes the draft's only item; what it says tells one state from another. */
async function say(text: string): Promise<void> {
  const [itemKey] = await itemKeys(world, version.versionId);
  version = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    items: { attributeDecisions: [{ ...sampleItem('PLANNING', 1), itemKey, decisionReason: text }] },
  });
}

const read = () => ({ ...world.db.standbys!.counts });

test('the past is read on the standby, when it has what is committed', async () => {
  await say('Read on the standby');
  const at = await now(world);
  const query = `query @asOf(at: "${at}") { ${content.replace('changes { totalCount }', '')} }`; // who reads the log writes that down
  await world.get(aud, query);
  await servers.catchUp();
  // On a busy machine the standby may be too slow to tell how far it is.
  await until('all of it is read on the standby', async () => {
    const before = read();
    expect(JSON.stringify(await world.get(aud, query))).toContain('Read on the standby');
    return read().standby > before.standby && read().primary === before.primary;
  });
});

test('a standby that lags is waited for, and where it lags for long, the primary answers: alike', async () => {
  await say('Before the lag');
  await servers.hold();
  await say('Within the lag');
  const at = await now(world);
  const before = read();
  const answer = await textAt(at);
  expect(answer).toContain('Within the lag');
  expect(read().primary).toBeGreaterThan(before.primary);
  expect(read().standby).toBe(before.standby);
  await servers.release();
  await servers.catchUp();
  expect(await textAt(at)).toBe(answer);
  await say('After the lag');
  expect(await textAt(at)).toBe(answer);
});

test('an instant that has not come is refused on a standby too', async () => {
  const { errors } = await askAt(plus(await now(world), 60_000));
  expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
});

test('an instant is answered alike for ever, while commits are made and the standby comes and goes', async () => {
  const seen = new Map<string, string>();
  let reading = true;
  const writer = (async () => {
    for (let n = 0; reading; n++) await say(`Form ${n}`);
  })();
  const lag = (async () => {
    while (reading) {
      await servers.hold();
      await pause(120);
      await servers.release();
      await pause(60);
    }
  })();
  const next = chance(seed);
  while (new Set(seen.values()).size < 6) {
    const at = await now(world);
    seen.set(at, await textAt(at));
    const [earlier] = [...seen.keys()].slice(Math.floor(next() * seen.size));
    expect(await textAt(earlier!)).toBe(seen.get(earlier!));
  }
  reading = false;
  await Promise.all([writer, lag]);
  await servers.catchUp();
  for (const [at, text] of seen) expect(await textAt(at)).toBe(text);
});
