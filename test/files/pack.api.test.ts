/** What auditors take away: the log and the pack of a workflow, verified by somebody who has nothing else. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unzipSync } from 'fflate';
import readExcelFile from 'read-excel-file/node';
import { selfAttestedReport } from '../../src/proof/self-attested';
import { exportLog, verifyFile } from '../../src/proof/log-file';
import { buildVersion, mutate, sampleContent } from '../support/builders';
import { temporaryFolder } from '../support/temporary';
import { ada, aud, olga, root, stranger, token, workflow, World } from '../support/world';

let world: World;
const folder = temporaryFolder();
const ofWorkflow = `/workflows/${workflow.cycleId}/${workflow.reportId}`;
const SELF_ATTESTED = `/cycles/${workflow.cycleId}/self-attested.json`;

const asked = async (userId: number | null, address: string) =>
  fetch(`${world.server.url}/files${address}`, {
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

beforeAll(async () => {
  world = await World.create();
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
  const pack = await bytesOf(aud, `${ofWorkflow}/pack.zip?at=${at}`);
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
  expect((await bytesOf(aud, `${ofWorkflow}/log.jsonl`)).equals(files['log.jsonl']!)).toBe(true);

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
  // What was sent is taken away once it is, which is after its last byte has arrived.
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('phaseledger-export-'));
  for (let tries = 0; left().length > 0 && tries < 200; tries++) await sleep(50);
  expect(left()).toEqual([]);
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
  const addresses = [`${ofWorkflow}/log.jsonl`, `${ofWorkflow}/pack.zip`, SELF_ATTESTED];
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
  await world.sql('owner', `delete from user_roles where user_id = $1 and role = 'AUDITOR'`, [aud]);
  expect(await refusalOf(await asked(aud, addresses[0]!))).toEqual([403, 'FORBIDDEN']);
});
