/** What auditors take away: the log and the pack of a workflow, verified by somebody who has nothing else. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import readExcelFile from 'read-excel-file/node';
import { REFERENCE_STREAM } from '../../src/database/register/people';
import { projectRoot } from '../../src/env';
import { STEPS } from '../../src/files/pack/pack';
import { selfAttestedReport } from '../../src/proof/self-attested';
import { readHead } from '../../src/database/log/log-reader';
import { archiveLog } from '../../src/proof/archive';
import { exportLog, verifyFile } from '../../src/proof/log-file';
import { buildVersion, mutate, sampleContent } from '../support/builders';
import { waiting } from '../support/sessions';
import { temporaryFolder } from '../support/temporary';
import { until } from '../support/until';
import { ada, aud, JWT_SECRET, olga, root, stranger, token, workflow, World } from '../support/world';

let world: World;
const folder = temporaryFolder();
const archives = path.join(folder, 'archives');
const ofWorkflow = `/workflows/${workflow.cycleId}/${workflow.reportId}`;
const SELF_ATTESTED = `/cycles/${workflow.cycleId}/self-attested.json`;

const asked = async (userId: number | null, address: string) =>
  fetch(`${world.server.url}${address.startsWith('/files/') ? '' : '/files'}${address}`, {
    headers: userId === null ? {} : { authorization: `Bearer ${await token(userId)}` },
  });
const bytesOf = async (userId: number, address: string) => {
  const response = await asked(userId, address);
  if (response.status !== 200) throw new Error(await response.text());
  return Buffer.from(await response.arrayBuffer());
};
const refusalOf = async (response: Response) => {
  const { errors }: any = await response.json();
  return [response.status, errors[0].extensions.code];
};
const lastInstant = async (): Promise<string> =>
  (
    await world.get(
      aud,
      'query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { lastChange { committedAt } } }',
      { c: workflow.cycleId, r: workflow.reportId },
    )
  ).workflow.lastChange.committedAt;

const PACK = `{ packId workflow { workflowId } asOf requestedBy { userId } requestedAt status stepsDone steps failure finishedAt keptUntil bytes sha256 path }`;
const REQUEST = `mutation ($input: RequestPackInput!) { requestPack(input: $input) {
  pack ${PACK} changeSet { operation reason actor { userId } workflow { workflowId } } } }`;
const { workflowId: _, ...place } = workflow;
const request = async (userId: number, input: object = {}): Promise<any> =>
  (await world.get(userId, REQUEST, { input: { ...place, ...input } })).requestPack;
const packs = async (): Promise<any[]> =>
  (
    await world.get(
      root,
      `query ($cycleId: UUID!, $reportId: UUID!) { packs(cycleId: $cycleId, reportId: $reportId) ${PACK} }`,
      place,
    )
  ).packs;
/** A pack when nothing more becomes of it. */
async function made({ packId }: { packId: string }): Promise<any> {
  let pack: any;
  await until('the pack is made', async () => {
    pack = (await packs()).find((one) => one.packId === packId);
    return !['WAITING', 'MAKING'].includes(pack.status);
  });
  return pack;
}

beforeAll(async () => {
  process.env.TMPDIR = temporaryFolder(); // Others’ exports are elsewhere.
  // Looks as soon as it is needed whether another server has left one.
  world = await World.create({ archives, packing: { pollEveryMs: 60_000, leaseMs: 4_000, retryMs: 200 } });
  const { versionId, revision } = await buildVersion(world, { phase: 'SCOPING', items: 3 });
  await mutate(world, ada, 'updateVersion', 'UpdateVersionInput', {
    versionId,
    expectedRevision: revision,
    reason: 'Łódź 🏦 \u2028 "quoted"',
    content: sampleContent('SCOPING', 2),
  });
});
afterAll(() => world.destroy());

test('the log of a workflow is the file that the command exports, as of any instant, and proves itself', async () => {
  const then = await lastInstant();
  const file = path.join(folder, 'log.jsonl');
  await world.db.snapshot((tx) => exportLog(tx, workflow.workflowId, file));
  expect((await bytesOf(aud, `${ofWorkflow}/log.jsonl`)).equals(readFileSync(file))).toBe(true);
  await buildVersion(world, { phase: 'SCOPING', items: 1 });
  const earlier = await bytesOf(root, `${ofWorkflow}/log.jsonl?at=${then}`);
  expect(earlier.equals(readFileSync(file))).toBe(true);
  const later = path.join(folder, 'later.jsonl');
  writeFileSync(later, await bytesOf(aud, `${ofWorkflow}/log.jsonl`));
  expect(await verifyFile(later)).toMatchObject({ valid: true, streamId: workflow.workflowId });
  expect(readFileSync(later).length).toBeGreaterThan(earlier.length);
});

const verify = (where: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['verify-pack.mjs'], { cwd: where, encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

test('the pack holds papers, workbooks, data and the log, and verifies itself with nothing but Node.js', async () => {
  const at = await lastInstant();
  const asking = await request(aud, { reason: 'For the archive.' });
  expect(asking).toMatchObject({
    pack: { asOf: at, requestedBy: { userId: aud }, steps: STEPS, workflow: { workflowId: workflow.workflowId } },
    changeSet: { operation: 'requestPack', reason: 'For the archive.', actor: { userId: aud } },
  });
  const ready = await made(asking.pack);
  expect(ready).toMatchObject({ status: 'READY', failure: null, stepsDone: STEPS });
  const kept = (Date.parse(ready.keptUntil) - Date.parse(ready.finishedAt)) / 86_400_000;
  expect(Math.round(kept)).toBe(7);
  const pack = await bytesOf(root, ready.path);
  expect([pack.length, createHash('sha256').update(pack).digest('hex')]).toEqual([ready.bytes, ready.sha256]);
  // As of the same instant it is the same, whoever asks, whenever.
  expect(await made((await request(root, { at })).pack)).toMatchObject({ status: 'READY', sha256: ready.sha256 });
  const files = unzipSync(pack);
  const place = path.join(folder, 'pack');
  const write = () => {
    rmSync(place, { recursive: true, force: true });
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
      writeFileSync(path.join(place, name), bytes);
    }
  };
  write();
  expect(verify(place)).toMatchObject({ status: 0, said: expect.stringContaining('commits follow from each other') });

  const names = Object.keys(files);
  expect(names.filter((name) => name.endsWith('.pdf'))).toHaveLength(9);
  const paper = await bytesOf(aud, `${ofWorkflow}/phases/scoping/workpaper.pdf?at=${at}`);
  expect(paper.equals(files['workpapers/3-scoping.pdf']!)).toBe(true);
  const [items] = await readExcelFile(Buffer.from(files['items/3-scoping_version-1.xlsx']!));
  expect(items!.data).toHaveLength(4);
  expect(JSON.parse(Buffer.from(files['data/3-scoping.json']!).toString())).toMatchObject({ of: 'PHASE', at });
  expect((await bytesOf(aud, `${ofWorkflow}/log.jsonl?at=${at}`)).equals(files['log.jsonl']!)).toBe(true);

  // Whatever is done to it, is found.
  const changed = (name: string, change: (text: string) => string) =>
    writeFileSync(path.join(place, name), change(Buffer.from(files[name]!).toString('utf8')));
  const cases: [string, () => void, string][] = [
    ['a byte', () => changed('data/3-scoping.json', (text) => text.replace('PHASE', 'phase')), 'data/3-scoping.json'],
    ['a file that is gone', () => rmSync(path.join(place, 'workpapers/1-planning.pdf')), '1-planning.pdf is missing'],
    ['a file more', () => writeFileSync(path.join(place, 'more.txt'), 'x'), 'more.txt is not part'],
    ['a commit less', () => cutLog((lines) => lines.slice(0, -1)), 'which is not the last'],
    ['a commit missing', () => cutLog((lines) => lines.toSpliced(3, 1)), 'Commit 3 of log.jsonl is missing'],
    ['a value', () => cutLog((lines) => lines.map((line) => line.replace('quoted', 'forged'))), 'it was sealed with'],
  ];
  /** Changes the log, and the manifest with it. */
  function cutLog(change: (lines: string[]) => string[]) {
    const lines = Buffer.from(files['log.jsonl']!).toString('utf8').split('\n').slice(0, -1);
    const text = `${change(lines).join('\n')}\n`;
    writeFileSync(path.join(place, 'log.jsonl'), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    changed('manifest.json', (manifest) => {
      const said = JSON.parse(manifest);
      said.files.find(({ name }: any) => name === 'log.jsonl').sha256 = sha256;
      return JSON.stringify(said);
    });
  }
  for (const [what, tamper, problem] of cases) {
    write();
    tamper();
    expect([what, verify(place)]).toEqual([what, { status: 1, said: expect.stringContaining(problem) }]);
  }
  // What the steps left is taken away, and so is the log that was sent, which is after its last byte has arrived.
  const parts = await world.sql('owner', 'select distinct step from log.pack_part');
  expect(parts).toEqual([{ step: STEPS - 1 }]);
  await until('no log is left', () => !readdirSync(tmpdir()).some((name) => name.startsWith('phaseledger-export-')));
});

test('so is the log of the reference data, and what a SIEM is told', async () => {
  const file = path.join(folder, 'reference.jsonl');
  writeFileSync(file, await bytesOf(aud, '/reference/log.jsonl'));
  expect(await verifyFile(file)).toMatchObject({ valid: true, streamId: REFERENCE_STREAM });
  const [{ since, end }] = (await world.sql(
    'owner',
    'select min(committed_at) as since, max(committed_at) as end from log.change_set',
  )) as [{ since: Date; end: Date }];
  const address = `/events.ocsf.jsonl?since=${since.toISOString()}`;
  const between = `${address}&until=${end.toISOString()}`;
  await until('the last ten seconds are over', async () => (await asked(aud, between)).status === 200);
  const response = await asked(aud, between);
  expect(response.headers.get('phaseledger-until')).toBe(end.toISOString());
  const told = (await response.text())
    .split('\n')
    .slice(0, -1)
    .map((line): any => JSON.parse(line));
  const commits = told.filter(({ metadata }) => metadata.log_name === 'commits').map(({ metadata }) => metadata.uid);
  const made = await world.sql(
    'owner',
    'select change_set_id as id from log.change_set where committed_at < $1 order by committed_at, stream_id',
    [end],
  );
  expect(commits).toEqual(made.map(({ id }) => id));
  expect(told.some(({ metadata }) => metadata.log_name === 'log-reads')).toBe(true);
  const noted = await world.sql('owner', `select reader_id from log.change_log_read where field = 'export:ocsf'`);
  expect(new Set(noted.map(({ reader_id }) => reader_id))).toEqual(new Set([aud]));
  for (const wrong of [
    '/events.ocsf.jsonl',
    `${address}&more=1`,
    `${address}&until=2999-01-01T00:00:00Z`,
    '/events.ocsf.jsonl?since=soon',
    '/reference/log.jsonl?at=soon',
  ])
    expect([wrong, await refusalOf(await asked(aud, wrong))]).toEqual([wrong, [400, 'BAD_USER_INPUT']]);
  for (const refused of [address, '/reference/log.jsonl'])
    expect(await refusalOf(await asked(olga, refused))).toEqual([403, 'FORBIDDEN']);
});

test('who did not have a second pair of eyes is the report of the command, as of any instant', async () => {
  const at = new Date(await lastInstant());
  const options = { cycleId: workflow.cycleId, from: null, to: null, asOf: at };
  const { runAt: _, ...report } = await selfAttestedReport(world.db, options);
  const answer = JSON.parse((await bytesOf(aud, `${SELF_ATTESTED}?at=${at.toISOString()}`)).toString());
  expect(answer).toMatchObject(report);
  expect(report.totals.approved).toBeGreaterThan(0);
});

test('they are for auditors and administrators, as long as they are that, and each is noted', async () => {
  const addresses = [`${ofWorkflow}/log.jsonl`, SELF_ATTESTED];
  for (const address of addresses) {
    expect(await refusalOf(await asked(olga, address))).toEqual([403, 'FORBIDDEN']);
    expect(await refusalOf(await asked(stranger, address))).toEqual([403, 'FORBIDDEN']);
    expect(await refusalOf(await asked(null, address))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await refusalOf(await asked(aud, `${address}?at=2999-01-01T00:00:00Z`))).toEqual([400, 'BAD_USER_INPUT']);
    expect(await refusalOf(await asked(aud, address.replaceAll('000000000001', '0000000000ff')))).toEqual([
      404,
      'NOT_FOUND',
    ]);
  }
  const { changeLogReads } = await world.get(
    aud,
    'query ($c: UUID!, $r: UUID!) { changeLogReads(cycleId: $c, reportId: $r, first: 100) { nodes { field origin reader { userId } } } }',
    { c: workflow.cycleId, r: workflow.reportId },
  );
  for (const field of ['export:log', 'export:pack', 'report:self-attested'])
    expect(changeLogReads.nodes).toContainEqual({ field, origin: 'api', reader: { userId: aud } });
  expect(changeLogReads.nodes).toContainEqual({ field: 'download:pack', origin: 'api', reader: { userId: root } });
  await world.sql('owner', `delete from user_roles where user_id = $1 and role = 'AUDITOR'`, [aud]);
  expect(await refusalOf(await asked(aud, addresses[0]!))).toEqual([403, 'FORBIDDEN']);
  await world.sql('owner', `insert into user_roles (user_id, role) values ($1, 'AUDITOR')`, [aud]);
});

/** The server as it is started everywhere, in a process of its own, to be killed. */
async function startServer(): Promise<{ child: ChildProcess; url: string }> {
  const file = path.join(projectRoot, 'test/support/from-source.cjs');
  const child = spawn(process.execPath, ['--require', file, 'src/main.ts'], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: world.database.serviceUrl,
      AUTH_JWT_SECRET: JWT_SECRET,
      CHECKPOINT_SECONDS: '0',
      PORT: '0',
      CONSOLE: 'off',
      PLAYGROUND: 'off',
      LOG_LEVEL: 'silent',
    },
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, found] = /GraphQL +(http:\S+)\/graphql/.exec(said) ?? [];
      if (found) resolve(found);
    });
  });
  return { child, url };
}

/** From a step on nobody gets further with a pack, until what is done meanwhile is done. */
const heldAt = <T>(step: number, work: () => Promise<T>): Promise<T> =>
  world.session('superuser', async (holder) => {
    await holder.query(`select pg_advisory_lock(${step});
      create function public.hold() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock(${step}); return new; end';
      create trigger zz_hold before insert on log.pack_part for each row when (new.step >= ${step}) execute function public.hold()`);
    try {
      return await work();
    } finally {
      await holder.query(`select pg_advisory_unlock(${step})`);
      await holder.query('drop trigger zz_hold on log.pack_part; drop function public.hold()');
    }
  });

test('a pack that a server had begun when it was killed, another finishes; who may not see all any more gets none, and what is over is taken away', async () => {
  const { asOf: at, sha256, packId: over } = (await packs()).find(({ status }) => status === 'READY');
  const { child, url } = await startServer();
  const stateOf = async (packId: string) =>
    (await world.sql('owner', 'select steps_done, finished_at from log.pack_job where pack_id = $1', [packId]))[0]!;
  try {
    const packId = await heldAt(2, async () => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(root)}` },
        body: JSON.stringify({ query: REQUEST, variables: { input: { ...place, at } } }),
      });
      const { packId: begun } = ((await response.json()) as any).data.requestPack.pack;
      await waiting(world, 1);
      child.kill('SIGKILL');
      await once(child, 'exit');
      return begun as string;
    });
    const left = await stateOf(packId);
    expect(left).toMatchObject({ steps_done: 2, finished_at: null });
    await world.sql(
      'owner',
      `update log.pack_job set leased_until = case when pack_id = $1 then now() else leased_until end,
         kept_until = case when pack_id = $2 then now() else kept_until end`,
      [packId, over],
    );
    const { statements, result: refused } = await world.counted(async () => {
      // Asked for three times with one key it is one; and it wakes the other server.
      const idempotencyKey = randomUUID();
      const answers = await Promise.all([1, 2, 3].map(() => request(aud, { idempotencyKey })));
      expect(new Set(answers.map(({ pack }) => pack.packId)).size).toBe(1);
      await world.sql('owner', `delete from user_roles where user_id = $1 and role = 'AUDITOR'`, [aud]);
      expect(await made({ packId })).toMatchObject({ status: 'READY', sha256 });
      return made(answers[0].pack);
    });
    // None of the steps that were done is done again.
    expect(statements.filter((sql) => sql.includes('attempts = 0'))).toHaveLength(STEPS - 1 - left.steps_done);
    expect(refused).toMatchObject({ status: 'FAILED', failure: expect.stringContaining('no longer see'), path: null });
    const taken = `/packs/${packId}/pack.zip`;
    expect(await refusalOf(await asked(aud, taken))).toEqual([403, 'FORBIDDEN']);
    expect((await bytesOf(root, taken)).length).toBeGreaterThan(1_000);
    expect(await refusalOf(await asked(root, `/packs/${refused.packId}/pack.zip`))).toEqual([404, 'NOT_FOUND']);
    expect((await packs()).find((one) => one.packId === over)).toMatchObject({ status: 'EXPIRED', path: null, sha256 });
    expect(await refusalOf(await asked(root, `/packs/${over}/pack.zip`))).toEqual([404, 'NOT_FOUND']);
    expect(await world.sql('owner', 'select from log.pack_part where pack_id = $1', [over])).toEqual([]);
  } finally {
    child.kill('SIGKILL');
    await world.sql('owner', `insert into user_roles (user_id, role) values ($1, 'AUDITOR') on conflict do nothing`, [
      aud,
    ]);
  }
});

test('packs are for those to whom nothing is hidden, and asked for in their own name', async () => {
  for (const userId of [olga, ada, stranger]) {
    expect(await world.codeOf(userId, REQUEST, { input: place })).toBe('FORBIDDEN');
    expect(
      await world.codeOf(userId, `{ packs(cycleId: "${place.cycleId}", reportId: "${place.reportId}") { packId } }`),
    ).toBe('FORBIDDEN');
  }
  const nowhere = { ...place, reportId: randomUUID() };
  expect(await world.codeOf(aud, REQUEST, { input: nowhere })).toBe('NOT_FOUND');
  expect(await world.codeOf(aud, REQUEST, { input: { ...place, at: '2999-01-01T00:00:00Z' } })).toBe('BAD_USER_INPUT');
  expect(await world.codeOf(aud, REQUEST, { input: { ...place, at: '2001-01-01T00:00:00Z' } })).toBe('NOT_FOUND');

  // Nobody else asks in their name, by whatever path.
  await expect(
    world.sql(
      'service',
      `insert into pack_requests (pack_id, stream_id, as_of, requested_by, requested_at) values ($1, $2, now(), $3, now())`,
      [randomUUID(), workflow.workflowId, aud],
    ),
  ).rejects.toThrow(/own name/);
});

test('packs are about now: what they point at is not there in an operation about an instant before it', async () => {
  const at = '2025-01-01T00:00:00Z';
  const { packs: found } = await world.get(
    aud,
    `query @asOf(at: "${at}") { packs(cycleId: "${place.cycleId}", reportId: "${place.reportId}") { packId workflow { workflowId } requestedBy { userId } } }`,
  );
  expect(found.length).toBeGreaterThan(0);
  for (const pack of found) expect(pack).toMatchObject({ workflow: null, requestedBy: null });
});

test('a log of which a part was archived is whole as long as the file is at hand; otherwise a pack fails, and says which file it needs', async () => {
  const { workflowId } = workflow;
  const at = await lastInstant();
  const whole = await bytesOf(aud, `${ofWorkflow}/log.jsonl?at=${at}`);
  const last = await world.db.snapshot((tx) => readHead(tx, workflowId));
  const { archive, rows } = await world.session('owner', (client) =>
    archiveLog(workflowId, last!, {
      client,
      db: world.db,
      folder: archives,
      reason: 'Old',
      checkpointHeads: new Map(),
    }),
  );
  expect(rows).toBeGreaterThan(0);
  expect((await bytesOf(aud, `${ofWorkflow}/log.jsonl?at=${at}`)).equals(whole)).toBe(true);
  const ready = await made((await request(root, { at })).pack);
  expect(ready).toMatchObject({ status: 'READY', failure: null });
  const files = unzipSync(await bytesOf(root, ready.path));
  expect(whole.equals(files['log.jsonl']!)).toBe(true);

  const file = path.join(archives, archive.file);
  for (const takeAway of [() => appendFileSync(file, 'x'), () => rmSync(file)]) {
    takeAway();
    const failed = await made((await request(root, { at })).pack);
    expect(failed).toMatchObject({ status: 'FAILED', failure: expect.stringContaining(archive.file), path: null });
    expect(await refusalOf(await asked(aud, `${ofWorkflow}/log.jsonl?at=${at}`))).toEqual([410, 'ARCHIVED']);
  }
});
