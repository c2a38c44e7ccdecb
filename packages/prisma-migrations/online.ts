/**
 * How a script is run on a database that people are using. A lock is waited for only briefly, since whoever comes after a waiting
 * `alter table` waits behind it, and then tried again; what builds for long does so without holding anything up; what changes many rows
 * changes a few at a time. A script says how it is meant in its first lines:
 *
 * - nothing: it is one transaction;
 * - `-- migration: statements`: each statement is by itself, as `create index concurrently` has to be;
 * - `-- migration: batches`: its one statement is repeated, each time in a transaction of its own, until it changes no row.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export type Manner = 'transaction' | 'statements' | 'batches';

export interface Patience {
  /** How long a lock is waited for at a time: so long others may have to wait as well. */
  readonly lockTimeoutMs: number;
  readonly tries: number;
  /** Between tries, in which those who waited go on. */
  readonly pauseMs: number;
}
export const PATIENCE: Patience = { lockTimeoutMs: 2_000, tries: 60, pauseMs: 1_000 };

/** What statements are sent to: one session. */
export interface Session {
  query(text: string): Promise<{ rowCount: number | null; rows?: unknown[] }>;
}

export const mannerOf = (script: string): Manner =>
  (/^-- migration: (statements|batches)\s*$/m.exec(script)?.[1] as Manner | undefined) ?? 'transaction';

/** The statements of a script without functions: each ends with a semicolon at the end of a line. */
export function statementsOf(script: string): string[] {
  if (script.includes('$$'))
    throw new Error('A migration of statements has no bodies of functions: put those into another.');
  return script
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** Locks that were waited for in vain, and deadlocks: nothing was done. */
const CONTENDED = /^(55P03|40P01)$/;
/** What waits for transactions to end, while nobody waits for it. */
const ASIDE = /^(?:create\s+(?:unique\s+)?|drop\s+)index\s+concurrently\s/i;
const BUILDING = /^create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+("?)([\w]+)\1/i;

/**
 * @param run sends a text, and says what is wrong with it where it is refused
 * @param report is told how far it is
 */
export async function runScript(
  session: Session,
  script: string,
  { lockTimeoutMs, tries, pauseMs }: Patience,
  report: (progress: string) => void,
): Promise<void> {
  async function patiently(text: string): Promise<number> {
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
        await patiently(script);
        break;
      case 'statements':
        for (const statement of statementsOf(script)) {
          const [, , index] = BUILDING.exec(statement) ?? [];
          // What a build that failed has left is no index, but has its name.
          if (index !== undefined) await dropIfInvalid(session, index);
          if (ASIDE.test(statement)) await waiting(0);
          await patiently(statement);
          await waiting(lockTimeoutMs);
        }
        break;
      case 'batches': {
        const [statement, ...more] = statementsOf(script);
        if (statement === undefined || more.length > 0) throw new Error('A migration in batches is one statement.');
        let changed = 0;
        for (let rows = await patiently(statement); rows > 0; rows = await patiently(statement)) {
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
