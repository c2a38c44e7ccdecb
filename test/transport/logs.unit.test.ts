/** How much each module says can be changed while the server runs; a mistake in the file changes nothing. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { projectRoot } from '../../src/env';
import { followLevels, loggerOf, readLevels, setLevels } from '../../src/logs';

const listening = () => {
  const said: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void said.push(JSON.parse(line) as never) });
  return { logger, said };
};

test('a file of levels is read with its comments, in any case', () => {
  expect(readLevels('# while we look for it\nDatabase = DEBUG\n\nrequests=warn # too many\n')).toEqual({
    levels: new Map([
      ['database', 'debug'],
      ['requests', 'warn'],
    ]),
    problems: [],
  });
});

test.each(['database', 'database=loud', 'everything=info', 'database=debug=info', '=info'])(
  '%j is refused with what to write instead, and no level changes',
  (line) => {
    const { logger, said } = listening();
    setLevels(logger, `requests=warn`);
    setLevels(logger, `requests=debug\n${line}`);
    expect(loggerOf(logger, 'requests').level).toBe('warn');
    expect(said.at(-1)).toMatchObject({ level: 50, problems: [expect.stringMatching(/^Line 2 must be module=level/)] });
  },
);

test('each module has its level, and what the file no longer names has the common one again', () => {
  const { logger, said } = listening();
  const database = loggerOf(logger, 'database');
  database.debug('unheard');
  setLevels(logger, 'database=debug\nrequests=silent');
  database.debug('heard');
  loggerOf(logger, 'requests').error('unheard');
  setLevels(logger, '');
  database.debug('unheard');
  expect(said.filter(({ module }) => module !== 'server')).toEqual([
    expect.objectContaining({ module: 'database', msg: 'heard' }),
  ]);
});

test('a change of the file is followed, also when it appears or goes', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'levels-'));
  const file = path.join(folder, 'log-levels');
  const { logger } = listening();
  const end = followLevels(logger, file, 10);
  const becomes = async (level: string) => {
    while (loggerOf(logger, 'database').level !== level) await sleep(10);
  };
  try {
    writeFileSync(file, 'database=trace');
    await becomes('trace');
    rmSync(file);
    await becomes('info');
  } finally {
    end();
    rmSync(folder, { recursive: true });
  }
});

describe('standard output', () => {
  /** What a process of its own prints that logs. */
  async function printed(what: string): Promise<string[]> {
    const script = `const log = require('pino')({}, require('./src/logs').standardOutput()); ${what}`;
    const args = ['--require', path.join(projectRoot, 'test/support/from-source.cjs'), '--eval', script];
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      out += text;
      // A line that arrives while the process waits for nothing else.
      if (out.includes('is told by itself')) child.kill('SIGKILL');
    }
    return out.split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { msg: string }).msg); // prettier-ignore
  }
  const lines = Array.from({ length: 2_000 }, (_, n) => `line ${n}`);
  const log = 'for (let n = 0; n < 2000; n++) log.info("line " + n);';

  test.each([
    ['ends', ''],
    ['is ended', 'process.exit(0)'],
    ['ends by an error', 'throw new Error("it was not foreseen")'],
  ])('has every line in order when the process %s', async (_, end) => {
    expect(await printed(`${log} ${end}`)).toEqual(lines);
  });

  test('has a line soon, also if none follows', async () => {
    expect(await printed('log.info("is told by itself"); setInterval(() => undefined, 1_000)')).toEqual([
      'is told by itself',
    ]);
  });
});
