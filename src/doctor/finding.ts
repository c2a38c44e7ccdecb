/** What `npm run doctor` finds: each by a name that stays, with what is wrong and what to do. */
export interface Finding {
  readonly check: string;
  /** An error loses or falsifies something sooner or later, or stops the service; a warning costs, or is to be known. */
  readonly severity: 'error' | 'warning';
  readonly problem: string;
  readonly advice: string;
}

/** From when on something is worth telling. */
export interface Thresholds {
  /** How far this machine's clock and the database's may be apart. */
  readonly clockSeconds: number;
  readonly minFreeBytes: number;
  /** How long a transaction may stay open with nothing done in it. */
  readonly idleInTransactionSeconds: number;
  readonly statementSeconds: number;
  readonly lockSeconds: number;
  /** Sessions of people and tools that did nothing for so long are forgotten ones. */
  readonly unusedHours: number;
  /** Rows that are dead in a table, at least. */
  readonly deadRows: number;
  /** How old the last checkpoint of a log that went on may be. */
  readonly checkpointHours: number;
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
};

/** A check that is a statement: each of its rows, with a column `detail`, is a finding. */
export interface SqlCheck {
  readonly check: string;
  readonly severity: Finding['severity'];
  readonly sql: string;
  readonly values?: (thresholds: Thresholds) => readonly unknown[];
  readonly problem: (detail: string) => string;
  readonly advice: string;
}
