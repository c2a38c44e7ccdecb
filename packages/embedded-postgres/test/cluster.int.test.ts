/** A PostgreSQL of somebody's own: who starts it, who stops it, and who is asked when there are two. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openCluster, SetupError, type Cluster, type ClusterOptions } from '..';
import { withClient } from '../../pg-client';
import { copyDataFolder } from './copy';

const root = mkdtempSync(path.join(os.tmpdir(), 'embedded-postgres-'));
chmodSync(root, 0o755); // as root, PostgreSQL runs as another user, who has to pass through here
const folder = (name: string) => path.join(root, name);
const options: ClusterOptions = {
  product: {
    title: 'A product',
    name: 'a-product',
    chooseFolder: 'take another folder',
    chooseServer: 'bring your own',
  },
  superuserPassword: 'a-password',
  volatile: true,
};
const answerOf = async (cluster: Cluster, sql: string) =>
  withClient(cluster.superuserUrl('postgres'), async (client) => {
    const { rows } = await client.query<{ answer: string }>(sql);
    return rows[0]!.answer;
  });
const servedFolder = (cluster: Cluster) => answerOf(cluster, "select current_setting('data_directory') as answer");
const portOf = (cluster: Cluster) => new URL(cluster.superuserUrl('postgres')).port;
const postmasterOf = (cluster: Cluster) =>
  Number(readFileSync(path.join(cluster.folder, 'postmaster.pid'), 'utf8').split('\n')[0]);

afterAll(() => rmSync(root, { recursive: true, force: true }));

test('whoever comes first starts it, and whoever leaves last stops it', async () => {
  const first = await openCluster(folder('shared'), options);
  const second = await openCluster(folder('shared'), options);
  expect(portOf(second)).toBe(portOf(first));
  await first.close();
  await first.close();
  expect(second.isRunning()).toBe(true);
  expect(await servedFolder(second)).toBe(first.folder);
  await second.close();
  expect(second.isRunning()).toBe(false);
  expect(() => postmasterOf(second)).toThrow('ENOENT');
});

test('there is one server at a time; others are told which process it is, and what to do', async () => {
  const server = await openCluster(folder('served'), { ...options, as: 'server' });
  try {
    const another = openCluster(folder('served'), { ...options, as: 'server' });
    await expect(another).rejects.toThrow(SetupError);
    await expect(another).rejects.toThrow(
      new RegExp(`A product is already running on .* \\(process ${process.pid}, .*\\): stop it first, or take another`),
    );
    const tool = await openCluster(folder('served'), options);
    await tool.close();
    expect(server.isRunning()).toBe(true);
  } finally {
    await server.close();
  }
});

test('it outlives who started it, and the next one carries on, with what was written', async () => {
  const script = `
    const { openCluster } = require(${JSON.stringify(path.join(__dirname, '..'))});
    openCluster(${JSON.stringify(folder('orphaned'))}, ${JSON.stringify({ ...options, as: 'server' })}).then((cluster) =>
      process.stdout.write(cluster.superuserUrl('postgres')));
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--require', '@swc-node/register', '-e', script], {
    cwd: path.join(__dirname, '..', '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(starter.stdout, 'data')) as [Buffer];
  await withClient(url.toString(), (client) => client.query('create table kept (n int); insert into kept values (7)'));
  starter.kill('SIGKILL');
  await once(starter, 'exit');

  const next = await openCluster(folder('orphaned'), { ...options, as: 'server' });
  expect(next.superuserUrl('postgres')).toBe(url.toString());
  expect(await answerOf(next, 'select n as answer from kept')).toBe(7);
  await next.close();
  expect(next.isRunning()).toBe(false);
});

test('what was killed is started again where it was', async () => {
  const cluster = await openCluster(folder('killed'), options);
  const port = portOf(cluster);
  process.kill(postmasterOf(cluster), 'SIGKILL');
  while (cluster.isRunning()) await new Promise((resolve) => setTimeout(resolve, 10));
  await cluster.startAgain();
  expect(portOf(cluster)).toBe(port);
  expect(await servedFolder(cluster)).toBe(cluster.folder);
  await cluster.close();
});

test('passwords of another cluster are not tried for long, and people are told', async () => {
  const cluster = await openCluster(folder('locked'), options);
  try {
    const withOthers = openCluster(folder('locked'), { ...options, superuserPassword: 'another' });
    await expect(withOthers).rejects.toThrow(
      'The passwords in secrets.json do not fit the database beside it: restore that file from a backup, or take another folder.',
    );
  } finally {
    await cluster.close();
  }
});

test('a copy of a data folder never finds the database it was copied from, though it knows its port and passwords', async () => {
  const first = await openCluster(folder('original'), options);
  await first.close();
  copyDataFolder(folder('original'), folder('copy'));

  const running = await openCluster(folder('original'), options);
  try {
    // What is asked of the address first answers at once; PostgreSQL needs longer to find it taken.
    for (let attempt = 1; attempt <= 5; attempt++) {
      const second = await openCluster(folder('copy'), options);
      expect(await servedFolder(second)).toBe(second.folder);
      expect(portOf(second)).not.toBe(portOf(running));
      await second.close();
      // It goes on looking where it was copied from.
      writeFileSync(
        path.join(second.folder, 'postmaster.opts'),
        readFileSync(path.join(first.folder, 'postmaster.opts')),
      );
    }
  } finally {
    await running.close();
  }
});
