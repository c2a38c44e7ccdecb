import { SetupError } from '../../packages/embedded-postgres';
import { CONFIGURATION_EXIT_CODE, ConfigurationError } from '../env';

/** Runs a command: a failure becomes one readable message and an exit code, not a stack trace. */
export function runTool(command: () => Promise<unknown>): void {
  command().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    const isForPeople = error instanceof ConfigurationError || error instanceof SetupError;
    process.exitCode = isForPeople ? CONFIGURATION_EXIT_CODE : 1;
  });
}
