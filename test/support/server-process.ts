/** The server as it is started everywhere, in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../src/env';
import { JWT_SECRET } from './server';
import { temporaryFolder } from './temporary';

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly url: string;
}

/**
 * @param settings variables besides those that every test wants
 * @param options for Node, and whether this process has a channel to it
 */
export async function startServerProcess(
  settings: Readonly<Record<string, string | undefined>>,
  {
    node = [],
    channel = false,
    start = [],
  }: { node?: readonly string[]; channel?: boolean; start?: readonly string[] } = {},
): Promise<ServerProcess> {
  const command = [process.execPath, ...node, '--require', path.join(projectRoot, 'test/support/from-source.cjs'), 'src/main.ts']; // prettier-ignore
  const [program, ...args] = [...start, ...command];
  const child = spawn(program!, args, {
    cwd: projectRoot,
    env: {
      ...process.env,
      NODE_ENV: 'test',
      AUTH_JWT_SECRET: JWT_SECRET,
      DATA_DIR: temporaryFolder(),
      CHECKPOINT_SECONDS: '0',
      PORT: '0',
      CONSOLE: 'off',
      PLAYGROUND: 'off',
      COST_PER_MINUTE: '0',
      DATABASE_POOL_SIZE: '6',
      LOG_LEVEL: 'silent',
      LD_PRELOAD: '', // what is done to PostgreSQL’s clock is not done to this one
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe', ...(channel ? (['ipc'] as const) : [])],
  });
  let said = '';
  child.stderr!.setEncoding('utf8');
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    child.stderr!.on('data', (text: string) => {
      said += text;
      const [, found] = /GraphQL +(http:\S+)\/graphql/.exec(said) ?? [];
      if (found) resolve(found);
    });
  });
  return { child, url };
}
