import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/env';
import { runFolderVariable } from './temporary';

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The file of a command, the command line of the extension of that name, or the server itself (`main`). */
const fileOf = (name: string): string =>
  [`src/cli/${name}.ts`, `src/${name}/cli.ts`, `src/${name}.ts`].find((file) =>
    existsSync(path.join(projectRoot, file)),
  )!;

/** Runs a command from its source, so that no test depends on a build, without any of this process's settings. */
const lineOf = (name: string, args: readonly string[]): string[] => [
  '--require',
  path.join(__dirname, 'from-source.cjs'),
  fileOf(name),
  ...args,
];
const inSettings = (settings: Record<string, string>) => ({
  cwd: projectRoot,
  env: {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'test',
    AUTH_JWT_SECRET: 'x'.repeat(40),
    [runFolderVariable]: process.env[runFolderVariable],
    ...settings,
  },
});

/** Runs a command to its end, as an operator does. */
export const command = (name: string, args: readonly string[], settings: Record<string, string>): Promise<Outcome> =>
  new Promise((resolve) =>
    execFile(process.execPath, lineOf(name, args), inSettings(settings), (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    ),
  );

/** Starts a command that the test ends early. Its output is ignored. */
export const startCommand = (name: string, args: readonly string[], settings: Record<string, string>): ChildProcess =>
  spawn(process.execPath, lineOf(name, args), { ...inSettings(settings), stdio: 'ignore' });
