import { ConfigurationError } from '../env';

/** Runs a command: a failure becomes one readable message and an exit code, not a stack trace. */
export function runCommand(command: () => Promise<unknown>): void {
  command().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = error instanceof ConfigurationError ? error.exitCode : 1;
  });
}
