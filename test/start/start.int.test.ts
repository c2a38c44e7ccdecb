import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { locateInstallation, processBegan } from '../../packages/embedded-postgres';
import { product } from '../../src/database/deployment/product';
import { readSecrets } from '../../src/database/deployment/secrets';
import { projectRoot } from '../../src/env';
import { token } from '../support/world';
import { temporaryFolder } from '../support/temporary';

/** `npm start` as an operator meets it: the real script, a data folder of its own, signals. */
const dataDir = temporaryFolder();
const started: ChildProcess[] = [];
// A test run must not inherit the settings of whoever runs it, nor the worker's own.
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' };

/** A command as an operator types it; what it prints. */
async function command(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/cli.mjs', name, ...args], {
    cwd: projectRoot,
    env: environment,
  });
  return stdout;
}

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
  readonly output: () => string;
  ended(): Promise<number | null>;
}

async function start(): Promise<Server> {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: projectRoot,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /GraphQL\s+(http\S+)\/graphql/.exec(output);
      if (ready) resolve(ready[1]!);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${output}`)));
  });
  return { url, process: child, output: () => output, ended: () => ended };
}

async function ask(server: Server, userId: number, query: string, bearer?: string, variables?: object) {
  bearer ??= await token(userId, {}, readSecrets(dataDir).jwtSecret);
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as { data: unknown; errors?: readonly { extensions: { code: string } }[] };
}

const draft = '{ phaseVersion(versionId: "0194d2a0-5c00-7000-8000-000000000103") { status revision } }';

afterAll(() => {
  for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  // The cluster lies elsewhere where the user who runs PostgreSQL cannot reach the data folder.
  for (const place of [locateInstallation(dataDir, product).cluster, dataDir])
    rmSync(place, { recursive: true, force: true });
});

test('npm start serves the demo, commands work beside it, and it keeps what was acknowledged through a kill and a restart', async () => {
  const first = await start();
  expect(await ask(first, 3, draft)).toEqual({ data: { phaseVersion: { status: 'DRAFT', revision: 2 } } });

  const page = await fetch(`${first.url}/playground/`);
  expect([page.status, page.headers.get('x-frame-options')]).toEqual([200, 'DENY']);
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none';script-src 'self';worker-src 'self';connect-src 'self';img-src 'self' data:;font-src 'self' data:;style-src 'self' 'unsafe-inline'",
  );

  const nora = ['users', 'add', '12', 'Nora Field', '--roles', 'TESTER', '--reason', 'Joins.'];
  expect(await command('admin', ...nora)).toBe('Added user 12.\n');
  await expect(command('admin', ...nora)).rejects.toThrow('Another entry has this id');
  await expect(command('token', '--user', '99')).rejects.toThrow('There is no active user 99');
  const printed = (await command('token', '--user', '12')).trim();
  expect(await ask(first, 12, '{ viewer { name roles } }', printed)).toEqual({
    data: { viewer: { name: 'Nora Field', roles: ['TESTER'] } },
  });
  const ago = decodeJwt((await command('token', '--user', '12', '--auth-age', '600')).trim());
  for (const [{ iat, auth_time: signedIn }, age] of [
    [decodeJwt(printed), 0],
    [ago, 600],
  ] as const)
    expect(signedIn).toBe(iat! - age);
  const log =
    '{ referenceChanges(first: 1) { nodes { operation reason operator origin actor { name } rowChanges { nodes { table operation } } } } }';
  const captured = [
    { table: 'users', operation: 'INSERT' },
    { table: 'user_roles', operation: 'INSERT' },
  ];
  expect(await ask(first, 8, log)).toEqual({
    data: {
      referenceChanges: {
        nodes: [
          {
            operation: 'admin users.add',
            reason: 'Joins.',
            operator: os.userInfo().username,
            origin: 'db:phaseledger_owner',
            actor: null,
            rowChanges: { nodes: captured },
          },
        ],
      },
    },
  });

  // Long texts are compared by a worker, which is a compiled file here.
  const compared = await promisify(execFile)(
    process.execPath,
    [
      '-e',
      `const { TextDiffs } = require('./dist/src/offload/text-diffs');
       const diffs = new TextDiffs();
       const text = (line) => Array.from({ length: 10_000 }, () => line).join('\\n');
       diffs.of(1, [{ path: '/a', before: text('x'), after: text('y') }])
         .then(([{ isCoarse, text }]) => console.log(isCoarse, text.length), console.error).then(() => diffs.close());`,
    ],
    { cwd: projectRoot },
  );
  expect(compared).toMatchObject({ stdout: 'false 60040\n', stderr: '' });

  // An argument that is refused at once in one entry of a list leaves another entry to fail when nobody waits for it.
  const [cycleId, reportId] = await Promise.all([
    made(first, 'mutation { createCycle(input: { name: "Empty" }) { cycle { cycleId } } }'),
    made(first, 'mutation { createReport(input: { name: "Empty", number: "E-1" }) { report { reportId } } }'),
  ]);
  await ask(
    first,
    7,
    `mutation { createWorkflow(input: { cycleId: "${cycleId}", reportId: "${reportId}" }) { changeSet { id } } }`,
  );
  const refused = await ask(
    first,
    8,
    'query ($phase: Phase = SCOPING) { workflows(orderBy: { field: LAST_CHANGE, direction: DESC }) { nodes { testLead { name } workflowPhase(phase: $phase) { progress } } } }',
    undefined,
    { phase: null },
  );
  expect(refused).toMatchObject({ errors: [{ path: expect.arrayContaining(['workflowPhase']) }] });
  while (!first.output().includes('something failed that nobody waited for')) await sleep(20);
  expect(await ask(first, 3, draft)).toEqual({ data: { phaseVersion: { status: 'DRAFT', revision: 2 } } });

  const second = start();
  await expect(second).rejects.toThrow(/already running/);

  // Its PostgreSQL is killed: whoever asks meanwhile is told to ask again, and it is started where it was.
  process.kill(readPostmaster(), 'SIGKILL');
  const codes = new Set<string | undefined>();
  for (let isAnswered = false; !isAnswered || codes.size === 0; await sleep(20)) {
    const { errors } = await ask(first, 3, '{ viewer { name } }');
    isAnswered = errors === undefined;
    // On a busy machine it may be there again before anybody has asked.
    if (isAnswered && codes.size === 0) process.kill(readPostmaster(), 'SIGKILL');
    for (const { extensions } of errors ?? []) codes.add(extensions.code);
  }
  expect([...codes]).toEqual(['BUSY']);
  expect(first.output()).toContain('it is started again (');
  expect(await ask(first, 3, draft)).toEqual({ data: { phaseVersion: { status: 'DRAFT', revision: 2 } } });

  const submitted = await ask(
    first,
    1,
    'mutation { submitVersion(input: { versionId: "0194d2a0-5c00-7000-8000-000000000103", expectedRevision: 2 }) { version { status } } }',
  );
  first.process.kill('SIGKILL'); // right after the answer: nothing may have been left for later
  await first.ended();
  expect(submitted).toEqual({ data: { submitVersion: { version: { status: 'PENDING_APPROVAL' } } } });

  const third = await start();
  expect(await ask(third, 3, draft)).toEqual({ data: { phaseVersion: { status: 'PENDING_APPROVAL', revision: 3 } } });
  expect(third.output()).not.toContain('Loading the demo');

  const cluster = readPostmaster();
  third.process.kill('SIGINT');
  third.process.kill('SIGINT'); // npm passes the terminal's Ctrl-C on a second time
  expect(await third.ended()).toBe(0);
  // A zombie counts as gone: in a container there may be nobody to bury it.
  expect(processBegan(cluster)).toBeUndefined();
});

/** The id of what an administrator adds to the register. */
async function made(server: Server, mutation: string): Promise<string> {
  const { data } = await ask(server, 7, mutation);
  const [payload] = Object.values(data as Record<string, Record<string, Record<string, string>>>);
  return Object.values(Object.values(payload!)[0]!)[0]!;
}

/** The process id of the database of the data folder. */
const readPostmaster = (): number =>
  Number(
    readFileSync(path.join(locateInstallation(dataDir, product).cluster, 'postmaster.pid'), 'utf8').split('\n')[0],
  );
