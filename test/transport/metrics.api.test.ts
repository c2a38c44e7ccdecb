/** What operators read at /metrics: who may, and that it counts what was done. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { Deliverer } from '../../src/delivery/deliverer';
import { parseNetworks } from '../../src/delivery/address';
import { Checkpoints } from '../../src/proof/checkpoints';
import { temporaryFolder } from '../support/temporary';
import { buildVersion } from '../support/builders';
import { ada, aud, workflow, World } from '../support/world';

const token = 'what only Prometheus knows, at least 32';
const checkpoints = new Checkpoints(temporaryFolder());
let world: World;
// It delivers nothing here; how deliveries stand is told all the same.
const deliverer = new Deliverer(
  { query: (sql, parameters) => world.db.query(sql, parameters) },
  { networks: parseNetworks('')!, logger: pino({ level: 'silent' }) },
);
beforeAll(async () => {
  world = await World.create({ metricsToken: token, checkpoints, deliverer });
});
afterAll(() => world.destroy());

const read = (headers: Record<string, string> = { authorization: `Bearer ${token}` }, method = 'GET') =>
  fetch(`${world.server.url}/metrics`, { method, headers });
/** The value of each line, by its name and labels. */
async function figures(): Promise<Map<string, number>> {
  const response = await read();
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  return new Map(
    (await response.text()).split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      return name ? [[name, Number(value)]] : [];
    }),
  );
}
const grown = (before: Map<string, number>, after: Map<string, number>, name: string) =>
  (after.get(name) ?? 0) - (before.get(name) ?? 0);

test('only who has the token is told, and a token of the API is none', async () => {
  const person = await world.tokenOf(aud);
  for (const headers of [{}, { authorization: `Bearer ${person}` }, { authorization: `Bearer ${token}x` }]) {
    const response = await read(headers as Record<string, string>);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="metrics"']);
    expect(await response.text()).not.toContain('phaseledger_');
  }
  expect((await read(undefined, 'POST')).status).toBe(405);
  expect((await read()).status).toBe(200);
});

test('without a token there is no such page', async () => {
  const other = await World.create();
  try {
    expect((await fetch(`${other.server.url}/metrics`)).status).toBe(404);
  } finally {
    await other.destroy();
  }
});

test('operations are counted by outcome, and commits by origin, also those of others than this server', async () => {
  const before = await figures();
  for (let n = 0; n < 3; n++) await world.get(ada, 'query Mine { viewer { name } }');
  expect(await world.codeOf(ada, '{ phaseVersion(versionId: "nothing") { versionId } }')).toBe('BAD_USER_INPUT');
  await buildVersion(world, { phase: 'PLANNING', items: 1 });
  await world.sql('owner', `insert into cycles (cycle_id, name) values (gen_random_uuid(), 'Counted')`);
  const after = await figures();
  const operations = (type: string, outcome: string) =>
    grown(before, after, `phaseledger_operations_total{operation="other",type="${type}",outcome="${outcome}"}`);
  expect(operations('query', 'ok')).toBeGreaterThanOrEqual(3);
  expect(operations('query', 'BAD_USER_INPUT')).toBe(1);
  expect(operations('mutation', 'ok')).toBeGreaterThanOrEqual(1);
  expect(grown(before, after, 'phaseledger_operation_duration_seconds_count{type="mutation"}')).toBe(
    operations('mutation', 'ok'),
  );
  expect(grown(before, after, 'phaseledger_commits_total{origin="api"}')).toBe(1);
  const others = [...after].filter(([name]) => /phaseledger_commits_total\{origin="db:/.test(name));
  expect(others).toHaveLength(1);
  expect(after.get('phaseledger_database_up')).toBe(1);
  for (const name of [
    'nodejs_eventloop_lag_p99_seconds',
    'phaseledger_waiting{work="streams"}',
    'phaseledger_subscriptions',
  ])
    expect([...after.keys()]).toContain(name);
  const connections = [...after].filter(([name]) => name.startsWith('phaseledger_pool_connections{pool="present"'));
  expect(connections.reduce((sum, [, n]) => sum + n, 0)).toBeGreaterThan(0);
});

test('those who are not let in, and those whom nobody could name, are counted as others', async () => {
  const before = await figures();
  const response = await fetch(`${world.server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `query ${'X'.repeat(50)} { viewer { name } }` }),
  });
  expect(response.status).toBe(401);
  const after = await figures();
  expect(
    grown(before, after, 'phaseledger_operations_total{operation="other",type="other",outcome="UNAUTHENTICATED"}'),
  ).toBe(1);
  expect([...after.keys()].join('\n')).not.toContain('XXX');
});

test('two who ask at once count no commit twice', async () => {
  const before = await figures();
  await buildVersion(world, { phase: 'PLANNING', items: 1 });
  const all = await Promise.all([figures(), figures(), figures()]);
  for (const after of [...all, await figures()])
    expect(grown(before, after, 'phaseledger_commits_total{origin="api"}')).toBe(1);
});

test('what waits for approval is told by phase, and what no checkpoint is of until one is', async () => {
  const of = (name: string) => `phaseledger_${name}{phase="SCOPING"}`;
  const before = await figures();
  await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  const after = await figures();
  expect(grown(before, after, of('reviews_waiting'))).toBe(1);
  expect(after.get(of('review_age_seconds'))).toBeGreaterThan(0);
  expect(after.get('phaseledger_reviews_waiting{phase="OBSERVATION_MANAGEMENT"}')).toBe(0);
  expect(grown(before, after, 'phaseledger_statements_total')).toBeGreaterThan(5);
  expect(after.get('phaseledger_commits_unnoted')).toBeGreaterThan(1);
  expect(after.get('phaseledger_checkpoint_age_seconds')).toBeGreaterThan(0);
  await checkpoints.note(world.db);
  const noted = await figures();
  expect(noted.get('phaseledger_commits_unnoted')).toBe(0);
  expect(noted.get('phaseledger_checkpoint_age_seconds')).toBe(0);
});

test('up to where chains were found right is told, and that one is not', async () => {
  const of = (chain: string) => `phaseledger_verified_sequence{chain="${chain}"}`;
  expect((await figures()).get(of('workflows'))).toBe(0);
  await buildVersion(world, { phase: 'PLANNING', items: 1 });
  const { cycleId, reportId, workflowId } = workflow;
  const query = `{ verifyChangeLog(cycleId: "${cycleId}", reportId: "${reportId}") { valid changeSetsChecked }
    verifyReferenceLog { valid changeSetsChecked } }`;
  const { verifyChangeLog, verifyReferenceLog } = await world.get(aud, query);
  const right = await figures();
  expect([verifyChangeLog.valid, verifyReferenceLog.valid]).toEqual([true, true]);
  expect(right.get(of('workflows'))).toBe(verifyChangeLog.changeSetsChecked);
  expect(right.get(of('reference'))).toBe(verifyReferenceLog.changeSetsChecked);
  expect(right.get('phaseledger_broken_chains')).toBe(0);
  // Somebody who may do everything takes the last commit for another one.
  const spoil = (operation: string) =>
    world.sql(
      'superuser',
      `begin;
       do $$ declare name name; begin
         for name in select tgname from pg_trigger where tgrelid = 'log.change_set'::regclass and not tgisinternal loop
           execute format('alter table log.change_set disable trigger %I', name);
         end loop;
       end $$;
       update log.change_set set operation = ${operation} where stream_id = '${workflowId}' and sequence = 1;
       select log.fire_always('log.change_set');
       commit`,
    );
  await spoil(`operation || '!'`);
  expect((await world.get(aud, query)).verifyChangeLog.valid).toBe(false);
  expect((await figures()).get('phaseledger_broken_chains')).toBe(1);
  expect((await figures()).get(of('workflows'))).toBe(0);
  await spoil(`rtrim(operation, '!')`);
  expect((await world.get(aud, query)).verifyChangeLog.valid).toBe(true);
  expect((await figures()).get('phaseledger_broken_chains')).toBe(0);
});

test('what webhooks were not told of is told, with what was given up and who is suspended', async () => {
  const webhookId = '0199aaaa-0000-7000-8000-000000000001';
  await world.sql(
    'owner',
    `insert into webhooks (webhook_id, name, url, enabled_since, secret_id) values ('${webhookId}', 'Nobody', 'https://example.org/', now(), 'none');
     insert into log.webhook_state (webhook_id) values ('${webhookId}')`,
  );
  const [{ commits }] = await world.sql('owner', 'select sum(sequence)::int as commits from log.stream');
  const late = await figures();
  expect(late.get('phaseledger_webhook_lag_commits')).toBe(commits);
  expect(late.get('phaseledger_webhook_dead_letters')).toBe(0);
  await world.sql(
    'owner',
    `insert into log.dead_letter values ('${webhookId}', '${workflow.workflowId}', 1, gen_random_uuid(), 3, 'It answered 500.', now());
     update log.webhook_state set suspended_at = now()`,
  );
  const suspended = await figures();
  expect(
    ['webhook_lag_commits', 'webhook_dead_letters', 'webhooks_suspended'].map((name) =>
      suspended.get(`phaseledger_${name}`),
    ),
  ).toEqual([0, 1, 1]);
  expect(suspended.get('phaseledger_webhook_deliveries_total{outcome="delivered"}')).toBe(0);
});

test('messages to people that are late, and fail, are told, and packs that are waited for, and could not be made', async () => {
  const names = [
    'notice_late_seconds',
    'notices_failing',
    'notices_suspended',
    'packs_unfinished',
    'pack_age_seconds',
    'packs_failed',
  ];
  const told = async () => {
    const now = await figures();
    return names.map((name) => now.get(`phaseledger_${name}`));
  };
  expect(await told()).toEqual([0, 0, 0, 0, 0, 0]);
  const { workflowId } = workflow;
  // No server of this world sends mail, and none makes a pack that another one has the lease of.
  await world.sql(
    'owner',
    `begin;
     insert into notification_rules (rule_id, user_id, channel, zone, hour, enabled_since)
       select gen_random_uuid(), n, 'EMAIL', 'UTC', 8, now() from unnest(array[${aud}, ${ada}]) n;
     insert into log.notice_state (rule_id, address, next_at) select rule_id, 'a@bank.example', now() - interval '1 hour' from notification_rules;
     insert into pack_requests (pack_id, stream_id, as_of, requested_by, requested_at)
       select gen_random_uuid(), '${workflowId}', now(), ${aud}, now() - interval '1 day' from generate_series(1, 2);
     insert into log.pack_job (pack_id, leased_until) select pack_id, now() + interval '1 hour' from pack_requests;
     commit`,
  );
  const [late, failing, suspended, unfinished, age, failed] = await told();
  expect([failing, suspended, unfinished, failed]).toEqual([0, 0, 2, 0]);
  expect(late).toBeGreaterThanOrEqual(3_600);
  expect(age).toBeGreaterThanOrEqual(86_400);
  await world.sql(
    'owner',
    `update log.notice_state s set failing_since = now(), suspended_at = case when r.user_id = ${aud} then now() end
       from notification_rules r where r.rule_id = s.rule_id;
     update log.pack_job set finished_at = now(), failure = 'No.' where pack_id = (select min(pack_id::text)::uuid from log.pack_job)`,
  );
  expect((await told()).slice(1)).toEqual([1, 1, 1, expect.any(Number), 1]);
});

/** It is asked for by its buckets. */
const HISTOGRAM = 'phaseledger_operation_duration_seconds';
/** The names of metrics in expressions. */
const namesIn = (text: string) => new Set(text.match(/\b(?:phaseledger|nodejs|process)_\w+/g));

test('every metric that the dashboard and the alerts ask for is one that there is, and all of our own are on the dashboard', async () => {
  const there = new Set([...(await figures()).keys()].map((name) => name.replace(/\{.*/, '')));
  // What nobody has done yet has no line; its name is told all the same.
  for (const [, name] of (await (await read()).text()).matchAll(/^# TYPE (\w+) \w+$/gm)) there.add(name!);
  const file = (name: string) => readFileSync(path.join(__dirname, '..', '..', 'deploy', name), 'utf8');
  const dashboard = JSON.parse(file('grafana/phaseledger.json')) as {
    panels: { description: string; targets: { expr: string }[] }[];
  };
  const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join(' ');
  const alerts = file('prometheus/alerts.yml');
  for (const name of [...namesIn(expressions), ...namesIn(alerts)]) expect([...there]).toContain(name);
  expect(namesIn(alerts).size).toBeGreaterThan(6);
  const own = [...there].filter(
    (name) => name.startsWith('phaseledger_') && !/_(bucket|sum|count)$/.test(name) && name !== HISTOGRAM,
  );
  for (const name of own) expect([...namesIn(expressions)]).toContain(name);
});
