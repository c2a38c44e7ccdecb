import os from 'node:os';

/** The login of this machine under which the process runs: who started a command, as far as the machine knows. */
export function operator(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A container may run as a number that no account has.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Whatever a connection writes from now on says so ($1). */
export const NAME_OPERATOR = "select set_config('phaseledger.operator', $1, false)";
