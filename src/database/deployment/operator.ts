import os from 'node:os';

/** The operating-system user that the process runs as, which identifies who started a command as far as this machine can tell. */
export function operator(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A container may run under a uid that has no account.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Marks everything that the connection writes from now on with this operator ($1). */
export const NAME_OPERATOR = "select set_config('phaseledger.operator', $1, false)";
