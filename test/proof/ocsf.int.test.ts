/** What a SIEM is told of a database: each commit and each reading of the log once, without what people wrote. */
import Ajv from 'ajv';
import { exportOcsf } from '../../src/proof/ocsf-export';
import type { OcsfEvent } from '../../src/proof/ocsf';
import { buildVersion } from '../support/builders';
import { aud, olga, workflow, World } from '../support/world';
import { ocsfClasses } from './ocsf.schemas';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED' });
  await buildVersion(world, { phase: 'SCOPING', status: 'REJECTED', approver: olga });
  await world.get(
    aud,
    `{ workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { changes { totalCount } } }`,
  );
});
afterAll(() => world.destroy());

async function told(since: Date, until?: Date): Promise<OcsfEvent[]> {
  const events: OcsfEvent[] = [];
  const { told: count } = await exportOcsf(
    world.db,
    { since, ...(until && { until }) },
    (event) => events.push(event),
    { settledMs: 0 },
  );
  expect(count).toBe(events.length);
  return events;
}
const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const uidsOf = (events: readonly OcsfEvent[], log: string) =>
  events
    .map(({ metadata }) => metadata as { uid: string; log_name: string })
    .filter(({ log_name }) => log_name === log)
    .map(({ uid }) => uid);

test('every commit and every reading is told once, valid, and that it is read is noted first', async () => {
  const commits = await world.sql<{ id: string }>(
    'owner',
    'select change_set_id as id from log.change_set order by committed_at, stream_id',
  );
  const reads = await world.sql<{ id: string }>(
    'owner',
    `select 'read-' || read_id as id from log.change_log_read order by read_id`,
  );
  const events = await told(LONG_AGO);
  expect(uidsOf(events, 'commits')).toEqual(commits.map(({ id }) => id));
  const readUids = uidsOf(events, 'log-reads');
  expect(readUids.slice(0, reads.length)).toEqual(reads.map(({ id }) => id));
  const noted = await world.sql('owner', `select from log.change_log_read where field = 'export:ocsf'`);
  expect(noted).toHaveLength(2); // of the workflow and of the reference data
  const ajv = new Ajv({ strictRequired: false });
  for (const event of events)
    expect([ajv.validate(ocsfClasses[event.class_uid]!, event), ajv.errors]).toEqual([true, null]);
});

test('one span after the other tells what one span tells, and no reason or content is in it', async () => {
  const [{ middle }] = (await world.sql<{ middle: Date }>(
    'owner',
    'select committed_at as middle from log.change_set order by committed_at offset 5 limit 1',
  )) as [{ middle: Date }];
  const whole = await told(LONG_AGO);
  const parts = [...(await told(LONG_AGO, middle)), ...(await told(middle))];
  expect(uidsOf(parts, 'commits')).toEqual(uidsOf(whole, 'commits'));
  const reasons = await world.sql<{ reason: string }>(
    'owner',
    'select distinct reason from log.change_set where length(reason) > 3',
  );
  expect(reasons.length).toBeGreaterThan(0);
  const text = JSON.stringify(whole);
  expect(reasons.filter(({ reason }) => text.includes(reason))).toEqual([]);
});

test('a commit that is under way when a span ends is waited for, since its stamp lies in it', async () => {
  const [{ now }] = (await world.sql<{ now: Date }>('owner', 'select clock_timestamp() as now')) as [{ now: Date }];
  await world.session('owner', async (client) => {
    await client.query('begin');
    await client.query(`insert into lobs (lob_id, name) values (gen_random_uuid(), 'Under way')`);
    const first = told(now);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await client.query('commit');
    const [{ id }] = (await world.sql<{ id: string }>(
      'owner',
      `select change_set_id as id from log.change_set where stream_id = '00000000-0000-0000-0000-000000000000' order by sequence desc limit 1`,
    )) as [{ id: string }];
    // Its stamp lies before the end of the span that was asked for while it was under way.
    expect(uidsOf(await first, 'commits')).toEqual([id]);
  });
});

test('what may be under way is not told', async () => {
  const soon = new Date(Date.now() + 60_000);
  await expect(exportOcsf(world.db, { since: LONG_AGO, until: soon }, () => undefined)).rejects.toThrow(
    'can be exported only up to',
  );
  await expect(exportOcsf(world.db, { since: soon }, () => undefined)).rejects.toThrow('since must be earlier');
});
