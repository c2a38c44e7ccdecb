/** The findings of `npm run doctor`. Each has a stable name, a problem and advice. */
export interface Finding {
  readonly check: string;
  /** An error will lose or falsify data or stop the service; a warning costs performance or is worth knowing. */
  readonly severity: 'error' | 'warning';
  readonly problem: string;
  readonly advice: string;
}

/** The limits beyond which something is reported. */
export interface Thresholds {
  /** The allowed difference between this machine's clock and the database's. */
  readonly clockSeconds: number;
  readonly minFreeBytes: number;
  /** How long a transaction may stay idle. */
  readonly idleInTransactionSeconds: number;
  readonly statementSeconds: number;
  readonly lockSeconds: number;
  /** Sessions of people and tools that were idle for this long count as forgotten. */
  readonly unusedHours: number;
  /** The minimum number of dead rows in a table. */
  readonly deadRows: number;
  /** The allowed age of the last checkpoint of a log that has grown since. */
  readonly checkpointHours: number;
  /** How much WAL a replication slot may retain. */
  readonly slotBytes: number;
  /** How much WAL a standby may lag behind. */
  readonly standbyBytes: number;
}

export const usual: Thresholds = {
  clockSeconds: 5,
  minFreeBytes: 2 ** 30,
  idleInTransactionSeconds: 300,
  statementSeconds: 300,
  lockSeconds: 30,
  unusedHours: 24,
  deadRows: 100_000,
  checkpointHours: 24,
  slotBytes: 2 ** 30,
  standbyBytes: 2 ** 26,
};

/** A check in SQL: each row it returns, with a column `detail`, is a finding. */
export interface SqlCheck {
  readonly check: string;
  readonly severity: Finding['severity'];
  readonly sql: string;
  readonly values?: (thresholds: Thresholds) => readonly unknown[];
  readonly problem: (detail: string) => string;
  readonly advice: string;
}
