/**
 * Runs migration scripts on a database in use. Lock time-outs are short, because later statements queue behind a waiting `alter table`, and
 * timed-out statements are retried. Long index builds run concurrently, and updates of many rows run in small batches. The first lines of a
 * script declare how it runs:
 *
 * - nothing: as one transaction;
 * - `-- migration: statements`: each statement on its own, as `create index concurrently` requires;
 * - `-- migration: batches`: its single statement is repeated, each time in a new transaction, until it changes no row.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export type Manner = 'transaction' | 'statements' | 'batches';

export interface RetryPolicy {
  /** The lock timeout of one attempt, which is also how long others may have to wait. */
  readonly lockTimeoutMs: number;
  readonly tries: number;
  /** The pause between attempts, in which waiting sessions proceed. */
  readonly pauseMs: number;
}
export const RETRY_POLICY: RetryPolicy = { lockTimeoutMs: 2_000, tries: 60, pauseMs: 1_000 };

/** A session that executes statements. */
export interface Session {
  query(text: string): Promise<{ rowCount: number | null; rows?: unknown[] }>;
}

export const mannerOf = (script: string): Manner =>
  (/^-- migration: (statements|batches)\s*$/m.exec(script)?.[1] as Manner | undefined) ?? 'transaction';

/** Splits a script without functions into statements: each ends with a semicolon at the end of a line. */
function statementsOf(script: string): string[] {
  if (script.includes('$$'))
    throw new Error('A migration of statements has no bodies of functions: put those into another.');
  return script
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** Lock timeouts and deadlocks: nothing was changed. */
const CONTENDED = /^(55P03|40P01)$/;
/** Statements that wait for other transactions without blocking anybody. */
const NON_BLOCKING = /^(?:create\s+(?:unique\s+)?|drop\s+)index\s+concurrently\s/i;
const BUILDING = /^create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+("?)([\w]+)\1/i;

/**
 * Runs a script as its first lines declare.
 * @param run executes a text and describes its error
 * @param report receives the progress
 */
export async function runScript(
  session: Session,
  script: string,
  { lockTimeoutMs, tries, pauseMs }: RetryPolicy,
  report: (progress: string) => void,
): Promise<void> {
  async function withRetries(text: string): Promise<number> {
    for (let left = tries; ; left--)
      try {
        return (await session.query(text)).rowCount ?? 0;
      } catch (error) {
        if (left <= 1 || !CONTENDED.test(String((error as { code?: unknown }).code))) throw error;
        report(`waits for a lock that others hold, and tries again (${left - 1} times more)`);
        await sleep(pauseMs);
      }
  }
  const waiting = (ms: number) => session.query(`set lock_timeout = ${ms}`);
  await waiting(lockTimeoutMs);
  try {
    switch (mannerOf(script)) {
      case 'transaction':
        await withRetries(script);
        break;
      case 'statements':
        for (const statement of statementsOf(script)) {
          const [, , index] = BUILDING.exec(statement) ?? [];
          // A failed concurrent build leaves an invalid index with the same name.
          if (index !== undefined) await dropIfInvalid(session, index);
          if (NON_BLOCKING.test(statement)) await waiting(0);
          await withRetries(statement);
          await waiting(lockTimeoutMs);
        }
        break;
      case 'batches': {
        const [statement, ...more] = statementsOf(script);
        if (statement === undefined || more.length > 0) throw new Error('A migration in batches is one statement.');
        let changed = 0;
        for (let rows = await withRetries(statement); rows > 0; rows = await withRetries(statement)) {
          changed += rows;
          report(`${changed.toLocaleString('en')} rows so far`);
        }
      }
    }
  } finally {
    await session.query('reset lock_timeout');
  }
}

async function dropIfInvalid(session: Session, index: string): Promise<void> {
  const { rows = [] } = await session.query(
    `select format('drop index concurrently %I.%I', n.nspname, c.relname) as text from pg_index i join pg_class c on c.oid = i.indexrelid
     join pg_namespace n on n.oid = c.relnamespace where not i.indisvalid and c.relname = '${index}'`,
  );
  for (const { text } of rows as { text: string }[]) await session.query(text);
}
