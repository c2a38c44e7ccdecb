/** A planned root: the statement that it begins with, what is held before anything is written, and how it is answered. */
import type { TextRow } from '../../database/statements';
import { aboutCaller, assignmentOf, statementsOf, type Answer, type Root } from './caller';
import type { Compiler, Thing, Write } from './compile';
import { GiveUp, NotPlanned } from './given-up';
import { KeptOfPast } from './kept-past';
import { headsBeside } from './kept-rights';
import { levelOf, placeLists, type OwnList } from './list';
import { enterPast, isDeletedIn } from './past';
import type { Run } from './run';
import { joined, named, type Statement } from './statement';

/** What is found by the arguments of a root field. */
export interface Beginning {
  /** Joins the workflow `w`, and the object itself, to the caller, as both are today; answers what the object is called. */
  join(statement: Statement): string;
  /** Where the objects are one of many: which of them. */
  readonly order?: string;
  /** The table of the object. */
  readonly table: string;
  readonly key: string;
  /** Whether it is shown only to those who may see what is deleted, if it is. */
  readonly canBeDeleted: boolean;
  write(thing: Thing): Write;
}

/** At which instant something is read. */
export type Instant = (run: Run) => Date;

/** @param instant null for the present */
export function rootOf(
  compiler: Compiler,
  { join, order, table, key, canBeDeleted, write }: Beginning,
  instant: Instant | null,
): Root {
  if (instant && order) throw new NotPlanned('many objects of the past');
  const { statement, userId, callerIn } = aboutCaller(instant !== null);
  const today = named(statement, join(statement));
  const workflow = statement.place('w.workflow_id');
  const assignmentIn = assignmentOf(userId, (sql) => statement.place(sql));
  const besideIn = instant && headsBeside(userId, (sql) => statement.place(sql));
  const isThere = instant && enterPast(statement);
  const rows = instant ? joined(statement, table, key, today.sql(`$.${key}`)) : today;
  const found = statement.place(rows.sql(`$.${key}`));
  const isDeleted = canBeDeleted && statement.place(rows.sql(isDeletedIn(statement)));
  const number = order && statement.place(order);
  if (order) statement.orderBy(order);
  const level = levelOf(!order);
  let writeObject: Write = () => '';
  const own: OwnList[] = [];
  const reads = compiler.readsIn(() => {
    writeObject = write({ rows, level });
    placeLists(level, own);
  });
  const kept = instant && !canBeDeleted && !reads.has('today') ? new KeptOfPast(join) : null;

  /** Answers whose log the object is in. */
  const hold = (run: Run, row: TextRow): string => {
    const streamId = row[workflow]!;
    if (streamId === null) throw new GiveUp('nothing there');
    run.holdRights(streamId, callerIn(row), assignmentIn(row));
    return streamId;
  };
  const object: Write = (run, answered, from, to) => {
    const row = answered[from]!;
    const streamId = hold(run, row);
    if (row[found] === null) throw new GiveUp('nothing there');
    if (isDeleted !== false && row[isDeleted] === 't' && !run.seesDeleted(streamId)) throw new GiveUp('deleted');
    return writeObject(run, answered, from, to);
  };
  /** Reads what is asked for; a stream that is not closed yet is closed first, unless its workflow is hidden from who asks. */
  const begin = async (run: Run): Promise<readonly TextRow[]> => {
    const answered = await run.read(statement);
    if (answered.length === 0) throw new GiveUp('nobody asks, or for nothing');
    if (!isThere || isThere(run, answered[0]!)) return answered;
    const streamId = hold(run, answered[0]!);
    await run.context.asOf(run.at!).closeStreams(streamId);
    const again = await run.read(statement);
    if (!isThere(run, again[0]!)) throw new GiveUp('not closed');
    return again;
  };
  const answer: Answer = async (given) => {
    const run = instant ? given.asOf(instant(given)) : given;
    const before = await kept?.find(run);
    if (before != null) return before;
    const since = performance.now();
    const answered = await begin(run);
    await run.complete(own, answered);
    const one = () => object(run, answered, 0, answered.length);
    if (kept) {
      const text = kept.write(run, one);
      kept.allow(run, answered[0]![workflow]!, run.horizon!.streams, { ...besideIn!(answered[0]!), since });
      return text;
    }
    if (!number) return one();
    const objects: string[] = [];
    for (let from = 0, to = 1; from < answered.length; from = to++) {
      while (to < answered.length && answered[to]![number] === answered[from]![number]) to++;
      objects.push(object(run, answered, from, to));
    }
    return `[${objects.join(',')}]`;
  };
  return { statements: 1 + statementsOf(own), isPast: instant !== null, answer };
}
