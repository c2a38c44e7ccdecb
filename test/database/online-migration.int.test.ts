/**
 * The schema goes forth and back while people write, read and read the past on servers that were started before and after it: nobody is
 * refused, nobody has to send anything again, and the log is right.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../packages/pg-client';
import { deployMigrations } from '../../src/database/deployment/migrations';
import { projectRoot } from '../../src/env';
import { Load } from '../faults/load';
import { temporaryFolder } from '../support/temporary';
import { ada, olga, token, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create({ poolSize: 8 });
});
afterAll(() => world.destroy());

const folder = path.join(temporaryFolder(), 'prisma');
cpSync(path.join(projectRoot, 'prisma'), folder, { recursive: true });
const write = (name: string, sql: string): void => {
  mkdirSync(path.join(folder, 'migrations', name), { recursive: true });
  writeFileSync(path.join(folder, 'migrations', name, 'migration.sql'), sql);
};
const expansion = {
  '30000101000000_columns': `alter table phase_version add column note text;
alter table reports add column note text;
alter table log.idempotency_key add column note text;
`,
  '30000101000100_index': `-- migration: statements
create index concurrently if not exists phase_version_note on phase_version (note);
create index concurrently if not exists idempotency_key_note on log.idempotency_key (note);
`,
  '30000101000200_rows': `-- migration: batches
update log.idempotency_key set note = operation where key in (select key from log.idempotency_key where note is null limit 5);
`,
};
/** What is captured keeps its columns: the log has images with them, and the past is read through them. */
const contraction = {
  '30000201000000_column': `-- migration: contracts
alter table log.idempotency_key drop column note;
`,
  '30000201000100_index': `-- migration: statements
drop index concurrently if exists phase_version_note;
`,
};

const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const fields =
  'report { name number } phases { phase history(first: 5) { nodes { versionId status createdBy { name } } } }';

test('forth and back under load, with servers of before and after', async () => {
  const urls = [world.server.url];
  const load: Load = new Load(() => urls[load.acknowledged.length % urls.length]!);
  const failed: string[] = [];
  let isOver = false;
  let reads = 0;
  const reading = async (query: () => string) => {
    for (; !isOver; await sleep(5)) {
      const response = await fetch(`${urls[reads++ % urls.length]}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(olga)}` },
        body: JSON.stringify({ query: query() }),
      });
      const text = await response.text();
      if (response.status !== 200 || text.includes('"errors"')) failed.push(text.slice(0, 300));
    }
  };
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  load.start(3);
  const readers = Promise.all([
    reading(() => `{ workflow(${place}) { ${fields} } }`),
    reading(() => `{ workflow(${place}, asOf: "${ago(300)}") { ${fields} } }`),
    reading(() => '{ workflows(first: 5) { totalCount nodes { counts { versions } } } }'),
  ]);
  const deploy = async (migrations: Readonly<Record<string, string>>) => {
    for (const [name, sql] of Object.entries(migrations)) write(name, sql);
    await load.served(5);
    expect(await deployMigrations(world.database.ownerUrl, folder)).toEqual(Object.keys(migrations));
    await load.served(5);
  };
  await load.served(10);
  await deploy(expansion);
  // A server of before is still sent requests.
  const ready = await fetch(`${world.server.url}/health/ready`);
  expect([ready.status, await ready.text()]).toEqual([200, '{"status":"ready"}']);
  const second = await world.secondServer(6);
  try {
    urls.push(second.server.url);
    await load.served(10);
    const [{ left }] = await world.sql('owner', 'select count(*)::int as left from log.idempotency_key where note = operation'); // prettier-ignore
    expect(left).toBeGreaterThanOrEqual(10);
    // One version of the application writes what the other does not know.
    await world.sql('owner', "update reports set note = 'seen' where report_id = $1", [workflow.reportId]);
    await load.served(10);
    await world.sql('owner', 'update reports set note = null where report_id = $1', [workflow.reportId]);
    await deploy(contraction);
  } finally {
    isOver = true;
    await Promise.all([load.stop(), readers]);
    expect({ failed, refused: load.refused, sentAgain: load.sentAgain }).toEqual({ failed: [], refused: [], sentAgain: 0 }); // prettier-ignore
    urls.pop(); // nobody is sent to it any more
    await second.stop();
  }
  expect(reads).toBeGreaterThan(50);
  expect(await load.held(world.database.superuserUrl)).toEqual({ lost: 0, doubled: 0, changed: 0, faults: [] });
  expect(await world.codeOf(ada, '{ viewer { name } }')).toBeUndefined();
  await withClient(world.database.ownerUrl, async (client) => {
    const { rows } = await client.query("select from information_schema.columns where column_name = 'note' and table_name = 'idempotency_key'"); // prettier-ignore
    expect(rows).toEqual([]);
  });
});
