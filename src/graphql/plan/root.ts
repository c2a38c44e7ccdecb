/** A planned root: its first statement, the checks before anything is written, and its answer. */
import type { TextRow } from '../../database/connection/statements';
import { aboutCaller, statementsOf, type Answer, type Root } from './caller';
import type { Compiler, Thing, Write } from './compile';
import { PlanAborted, NotPlanned } from './plan-errors';
import { CachedPast } from './past-cache';
import { levelOf, placeLists, type OwnList } from './list';
import { enterPast, isDeletedIn } from './past';
import { Rights } from './rights';
import type { Run } from './run';
import { joined, named, type Statement } from './statement';

/** What a root field's arguments select. */
export interface Beginning {
  /** Joins the workflow `w` and the object itself, both as of today, to the caller; returns the object's alias. */
  join(statement: Statement): string;
  /** If there may be several objects, the order that selects one. */
  readonly order?: string;
  /** The object's table. */
  readonly table: string;
  readonly key: string;
  /** Whether only viewers who may see deleted versions see it once it is deleted. */
  readonly canBeDeleted: boolean;
  write(thing: Thing): Write;
}

/** The instant at which something is read. */
export type Instant = (run: Run) => Date;

/** @param instant null for the present */
export function rootOf(
  compiler: Compiler,
  { join, order, table, key, canBeDeleted, write }: Beginning,
  instant: Instant | null,
): Root {
  if (instant && order) throw new NotPlanned('many objects of the past');
  const caller = aboutCaller(instant !== null);
  const { statement } = caller;
  const today = named(statement, join(statement));
  const rights = new Rights(caller);
  const isThere = instant && enterPast(statement);
  const rows = instant ? joined(statement, table, key, today.sql(`$.${key}`)) : today;
  const found = statement.place(rows.sql(`$.${key}`));
  const isDeleted = canBeDeleted && statement.place(rows.sql(isDeletedIn(statement)));
  const number = order === undefined ? null : statement.place(order);
  if (order) statement.orderBy(order);
  const level = levelOf(!order);
  let writeObject: Write = () => '';
  const own: OwnList[] = [];
  const reads = compiler.readsIn(() => {
    writeObject = write({ rows, level });
    placeLists(level, own);
  });
  const kept = instant && !canBeDeleted && !reads.has('today') ? new CachedPast(join, rights) : null;
  const object: Write = (run, answered, from, to) => {
    const row = answered[from]!;
    const streamId = rights.hold(run, row);
    if (row[found] === null) throw new PlanAborted('nothing there');
    if (isDeleted !== false && row[isDeleted] === 't' && !run.seesDeleted(streamId)) throw new PlanAborted('deleted');
    return writeObject(run, answered, from, to);
  };
  const objects = (run: Run, answered: readonly TextRow[]): string => {
    if (number === null) return object(run, answered, 0, answered.length);
    const all: string[] = [];
    for (let from = 0, to = 1; from < answered.length; from = to++) {
      while (to < answered.length && answered[to]![number] === answered[from]![number]) to++;
      all.push(object(run, answered, from, to));
    }
    return `[${all.join(',')}]`;
  };
  /** Reads without the parts that are cached; null if these turn out to be outdated. */
  const leanly = async (run: Run): Promise<readonly TextRow[] | null> => {
    const known = instant ? null : run.rights.known(rights);
    if (!known) return null;
    const { keepings } = statement;
    const hasTexts = keepings.length > 0 && keepings.every((keeping) => keeping.isKnown(run));
    const answered = await run.read(statement, [], hasTexts ? ['rights', 'list'] : ['rights']);
    const isSame =
      rights.holdKnown(run, answered, known.actors) &&
      (!hasTexts || keepings.every((keeping) => keeping.isSame(run, answered[0]!)));
    return isSame ? answered : null;
  };
  /** Reads everything. A stream that is not closed yet is closed first, unless its workflow is hidden from the viewer. */
  const begin = async (run: Run): Promise<readonly TextRow[]> => {
    const answered = await run.read(statement);
    if (answered.length === 0) throw new PlanAborted('nobody asks, or for nothing');
    if (!isThere || isThere(run, answered[0]!)) return answered;
    const streamId = rights.hold(run, answered[0]!);
    await run.context.asOf(run.at!).closeStreams(streamId);
    const again = await run.read(statement);
    if (!isThere(run, again[0]!)) throw new PlanAborted('not closed');
    return again;
  };
  const answer: Answer = async (given) => {
    const run = instant ? given.asOf(instant(given)) : given;
    const before = await kept?.find(run);
    if (before != null) return before;
    const lean = await leanly(run);
    const since = performance.now();
    const answered = lean ?? (await begin(run));
    await run.complete(own, answered);
    const text = kept ? kept.write(run, () => objects(run, answered)) : objects(run, answered);
    if (!lean && (kept || !instant)) rights.keep(run, answered, since, run.horizon?.streams);
    return text;
  };
  return { statements: 1 + statementsOf(own), isPast: instant !== null, answer };
}
