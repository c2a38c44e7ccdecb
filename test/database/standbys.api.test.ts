/** Reading on standbys, as if there were one database: whatever lags, dies, is paused or comes back. */
import pg from 'pg';
import { Database } from '../../src/database/connection/database';
import { Standbys } from '../../src/database/connection/standbys';
import { examine } from '../../src/doctor/examine';
import type { Thresholds } from '../../src/doctor/finding';
import { readEnv } from '../../src/env';
import { buildVersion, mutate, type BuiltVersion } from '../support/builders';
import { createTestDatabase } from '../support/database';
import { demandConfirmation, startReplicated, type Replicated, type Standby } from '../support/standby';
import { until } from '../support/until';
import { ada, token, workflow, World } from '../support/world';

let servers: Replicated;
let world: World;
let second: Awaited<ReturnType<World['secondServer']>>;
let version: BuiltVersion;
beforeAll(async () => {
  servers = await startReplicated(2);
  world = await World.create({}, servers);
  second = await world.secondServer(8, { metricsToken });
  version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
});
afterAll(async () => {
  await second.stop();
  await world.destroy();
});
afterEach(async () => {
  await servers.release();
  await servers.catchUp();
});

const metricsToken = 'a token that only this suite knows, long enough';
const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const query = `{ workflow(${place}) { workflowPhase(phase: PLANNING) { history { nodes { versionId revision } } } } }`;
const counts = () => ({ ...world.db.standbys!.counts });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The revision of the draft, as a server answers it. */
async function revisionAt(url: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(ada)}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as any;
  if (errors) throw new Error(JSON.stringify(errors));
  return data.workflow.workflowPhase.history.nodes.find(({ versionId }: BuiltVersion) => versionId === version.versionId).revision; // prettier-ignore
}
async function write(): Promise<number> {
  version = await mutate(world, ada, 'updateVersion', 'UpdateVersionInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    content: { planning: {} },
  });
  return version.revision;
}
/** Reads until it is a standby that answers. */
const readAtStandby = ({ db, server }: Pick<World, 'db' | 'server'>) => {
  const { standby } = db.standbys!.counts;
  return until('a standby answers', async () => {
    await revisionAt(server.url);
    return db.standbys!.counts.standby > standby;
  });
};
/** How many statements the service has run on each standby. */
const busy = async () =>
  Promise.all(
    servers.standbys.map(
      async ({ sql }) =>
      Number((await sql<{ n: string }>(`select xact_commit + xact_rollback as n from pg_stat_database where datname = 'phaseledger'`))[0]!.n), // prettier-ignore
    ),
  );

test('what a standby has and the primary does not show yet is shown to nobody, so that no read goes back', async () => {
  await servers.catchUp();
  const { versionId, revision: before } = version;
  const sql = 'select revision from phase_version where version_id = $1';
  // A commit is on its way to the standbys before the primary shows it; here it waits, in between, for one that does not exist.
  await demandConfirmation(world, 'nobody');
  const writing = write();
  try {
    for (const standby of servers.standbys)
      await until('the standby shows it', async () => {
        const [row] = await standby.sql<{ revision: number }>(sql, [versionId]);
        return row!.revision === before + 1;
      });
    expect(await world.sql('superuser', sql, [versionId])).toEqual([{ revision: before }]);
    expect(await revisionAt(world.server.url)).toBe(before);
    expect(await revisionAt(second.server.url)).toBe(before);
  } finally {
    await demandConfirmation(world, '');
  }
  expect(await writing).toBe(before + 1);
  expect(await revisionAt(world.server.url)).toBe(before + 1);
  await readAtStandby(world);
});

test('what people read is read on standbys, all of them, and not on the primary', async () => {
  await servers.catchUp();
  const asked = await busy();
  // On a busy machine a standby may be too slow to tell how far it is.
  await until('sixty are read there', async () => {
    const before = counts();
    await Promise.all(Array.from({ length: 60 }, () => revisionAt(world.server.url)));
    const after = counts();
    return after.primary === before.primary && after.standby > before.standby;
  });
  // Sessions tell what they did some time later.
  await until('all standbys were asked', async () => (await busy()).every((now, n) => now > asked[n]!));
  await readAtStandby(second);
  const headers = { authorization: `Bearer ${metricsToken}` };
  const metrics = await (await fetch(`${second.server.url}/metrics`, { headers })).text();
  const { standby } = second.db.standbys!.counts;
  expect(metrics).toContain(`phaseledger_reads_total{at="standby"} ${standby}`);
});

test('whoever has written reads it, at whatever server, and nobody’s reads go back, while standbys lag', async () => {
  let isOver = false;
  const lagging = (async () => {
    for (let n = 0; !isOver; n++) {
      const { sql } = servers.standbys[n % 2]!;
      await sql('select pg_wal_replay_pause()');
      await pause(80);
      await sql('select pg_wal_replay_resume()');
      await pause(40);
    }
  })();
  const before = counts();
  let last = 0;
  const watching = (async () => {
    for (let n = 0; !isOver; n++) {
      const seen = await revisionAt(n % 2 ? second.server.url : world.server.url);
      expect(seen).toBeGreaterThanOrEqual(last);
      last = seen;
    }
  })();
  for (let n = 0; n < 40; n++) {
    const revision = await write();
    expect(await revisionAt(n % 2 ? world.server.url : second.server.url)).toBeGreaterThanOrEqual(revision);
    await pause(10);
  }
  isOver = true;
  await Promise.all([lagging, watching]);
  expect(await revisionAt(world.server.url)).toBe(version.revision);
  expect(counts().standby).toBeGreaterThan(before.standby);
});

test('standbys that are all behind leave it to the primary, and it takes little longer', async () => {
  await servers.hold();
  const revision = await write();
  const before = counts();
  // It is not waited for each time: for half a second one that was behind is asked how far it is, but only once for each read.
  const asked = jest.spyOn(pg.Client.prototype, 'query');
  const looks = () =>
    asked.mock.calls.filter(([one]) => (one as unknown as { text?: string }).text?.includes('pg_last_wal_replay_lsn')).length; // prettier-ignore
  const began = performance.now();
  let waited = 0;
  for (let n = 0; n < 20; n++) {
    const before = looks();
    expect(await revisionAt(world.server.url)).toBe(revision);
    if (looks() - before > 2 * servers.standbys.length) waited++;
  }
  expect(waited).toBeLessThanOrEqual(2 * (1 + (performance.now() - began) / 500));
  asked.mockRestore();
  expect(counts().primary).toBeGreaterThan(before.primary);
  expect(counts().standby).toBe(before.standby);
  await servers.release();
  await servers.catchUp();
  // Some time later it is looked whether they are there again.
  await readAtStandby(world);
});

test('a standby that dies while it is read fails nobody, is left out, and is read from again when it is back', async () => {
  const [dying, other] = servers.standbys;
  let isOver = false;
  let answered = 0;
  const readers = Array.from({ length: 4 }, async () => {
    for (; !isOver; answered++) expect(await revisionAt(world.server.url)).toBe(version.revision);
  });
  const moreAnswers = async (wanted = answered + 20) => {
    await until('more is answered', () => answered >= wanted);
  };
  await moreAnswers();
  dying!.kill();
  await pause(700);
  await moreAnswers();
  isOver = true;
  await Promise.all(readers);
  await dying!.startAgain();
  await other!.sql('select pg_wal_replay_pause()');
  await write();
  await readAtStandby(world);
});

test('what a standby cannot do the primary does, and is not asked of a standby again', async () => {
  await readAtStandby(world);
  const db = world.db.inNameOf(ada);
  const sql = `insert into log.points_taken (user_id, ends_at, points, granted) values (-1, now(), 0, 0)
    on conflict (user_id) do update set points = log.points_taken.points + 1 returning points::int`;
  expect(await db.query(sql)).toEqual([{ points: 0 }]);
  const before = counts();
  expect(await db.query(sql)).toEqual([{ points: 1 }]);
  expect(counts()).toEqual(before);
});

test('a copy of another server is told from a standby, and never read', async () => {
  const stranger = await createTestDatabase();
  const standbys = new Standbys(servers.serviceUrl, [stranger.serviceUrl, servers.replicaUrls[0]!], { poolSize: 4, statementTimeoutMs: 1_000 }); // prettier-ignore
  expect(await standbys.strangers()).toEqual([new URL(stranger.serviceUrl).host]);
  await standbys.close();
  const db = new Database({ url: servers.serviceUrl, replicaUrls: [stranger.serviceUrl, servers.serviceUrl], poolSize: 4, statementTimeoutMs: 1_000 }); // prettier-ignore
  await db.inNameOf(ada).query('select 1');
  expect(db.standbys!.counts).toEqual({ standby: 0, primary: 1 });
  await db.close();
  await stranger.drop();
});

test('the doctor finds standbys that do not answer, lag, cancel long reads, have gone on by themselves, or are none, and slots for which the server keeps its log', async () => {
  const stranger = await createTestDatabase();
  const [first, other] = servers.standbys;
  const [firstUrl, otherUrl] = servers.replicaUrls;
  const look = async (urls: readonly (string | undefined)[], thresholds: Partial<Thresholds> = {}) =>
    (await examine(
      readEnv({ NODE_ENV: 'test', DATABASE_URL: servers.serviceUrl, DATABASE_REPLICA_URLS: urls.join(',') }),
      { ...servers, embedded: false, close: () => Promise.resolve() },
      { thresholds },
    )).filter(({ check }) => /^(standby|replication)/.test(check)); // prettier-ignore
  const checks = async (...given: Parameters<typeof look>) => (await look(...given)).map(({ check }) => check);
  const setFeedback = async ({ sql }: Standby, value: 'on' | 'off') => {
    await sql(`alter system set hot_standby_feedback = ${value}`);
    await sql('select pg_reload_conf()');
    await until(`feedback is ${value}`, async () => {
      const [row] = await sql<{ now: string }>(`select current_setting('hot_standby_feedback') as now`);
      return row!.now === value;
    });
  };
  await setFeedback(first!, 'off');
  expect(await checks([firstUrl])).toEqual(['standby feedback']);
  for (const standby of [first!, other!]) await setFeedback(standby, 'on');
  expect(await checks([servers.serviceUrl, firstUrl])).toEqual([]);
  await servers.hold();
  await write();
  expect(await checks([firstUrl], { standbyBytes: 0 })).toEqual(['standby behind']);
  expect(await checks([stranger.serviceUrl])).toEqual(['standby stranger']);
  await servers.release();
  other!.kill();
  const nobodyThere = await look([otherUrl, firstUrl]);
  expect(nobodyThere.map(({ check }) => check)).toEqual(['standby unreachable']);
  expect(nobodyThere[0]!.problem).toContain(new URL(otherUrl!).host);
  expect(JSON.stringify(nobodyThere)).not.toContain(new URL(otherUrl!).password);
  await other!.startAgain();

  const superuser = (sql: string) => world.sql('superuser', sql);
  await superuser(`select pg_create_physical_replication_slot('left', true)`);
  await write();
  expect(await checks([], { slotBytes: 0 })).toEqual(['replication slot', 'replication slot behind']);
  await superuser(`select pg_drop_replication_slot('left')`);
  await stranger.drop();

  // One that was promoted, went on by itself, and is a standby again.
  await other!.sql('select pg_promote()');
  await other!.sql('create table gone_on as select generate_series(1, 10000)');
  await other!.sql('checkpoint');
  expect(await checks([otherUrl])).toEqual([]); // it may be a primary that all were told of
  await other!.sql(`do $$ begin execute format('copy (select 1) to %L', current_setting('data_directory') || '/standby.signal'); end $$`); // prettier-ignore
  other!.kill();
  await other!.startAgain();
  expect(await checks([otherUrl])).toEqual(['standby timeline']);
});

test('without standbys nothing is asked about them', async () => {
  const client = jest.spyOn(pg.Client.prototype, 'query');
  const db = new Database({ url: servers.serviceUrl, poolSize: 4, statementTimeoutMs: 1_000 });
  await db.inNameOf(ada).query('select 1');
  expect([db.standbys, client.mock.calls.length]).toEqual([null, 1]);
  client.mockRestore();
  await db.close();
});
