/** The register: people and reference data, for pickers and administration. */
import { Int } from 'type-graphql';
import { REFERENCE_STREAM } from '../../database/register/people';
import type { FilteredList } from '../../database/connection/pages';
import { cycleList, lobList, reportList, userList, type Registered } from '../../database/register/register';
import { readIn } from '../as-of';
import { connect, connectionArgs, connectionOf } from '../connection';
import type { Context } from '../context';
import { a, resolved, addFields, optional, queries, type Given, type TypeOf, type Value } from '../declare';
import { UserRoleEnum } from '../enums';
import { choiceArgs, chosen } from '../list';
import { asCycle, asLob, asReport, asUser } from '../objects';
import { asOfArgs, at } from '../version/as-of-args';
import { Workflow } from '../workflow/types';
import { Cycle, Lob, Report, User } from './types';

queries({
  viewer: resolved(
    'The person whose token the request carries; in the past, as they were then, or, if they were not known yet, as they are now.',
    () => User,
    async (_, context) => {
      const { viewer, loaders, past } = context;
      return (past && (await loaders.user.load(viewer.userId))) ?? readIn(context.now(), asUser({ ...viewer }));
    },
  ),
});

/** A register list as a query. */
function registered<Row, L extends FilteredList>(
  field: string,
  description: string,
  {
    Type,
    list,
    toNode,
    filter,
  }: {
    readonly Type: TypeOf<Row>;
    readonly list: L;
    readonly toNode: (row: never) => unknown;
    readonly filter: { readonly [K in keyof L['filters']]: Value };
  },
): void {
  const Connection = connectionOf(Type.name, () => Type);
  const choice = choiceArgs(Type.name, field, list, filter);
  queries({
    [field]: resolved(
      description,
      () => Connection,
      { ...connectionArgs, ...asOfArgs, ...choice },
      (_, context, args) =>
        at(context, args.asOf, [], async (then) => {
          await then.closeStreams();
          return connect(then.loaders, list, REFERENCE_STREAM, args, { ...chosen(list, args), toNode });
        }),
    ),
  });
}

/** A register entry by id. */
function byId<V, Row>(
  field: string,
  Type: TypeOf<Row>,
  argument: string,
  id: Value<V>,
  load: (context: Context, id: V) => unknown,
): void {
  queries({
    [field]: resolved(
      `One of the register by its ${argument}; null if there is none.`,
      optional(() => Type),
      { [argument]: id, ...asOfArgs },
      (_, context, args) => {
        const given = args as Given<typeof asOfArgs> & Record<string, V>;
        return at(context, given.asOf, [], async (then) => {
          await then.closeStreams();
          return load(then, given[argument]!);
        });
      },
    ),
  });
}

registered('users', 'The people of the register, in the order of their ids.', {
  Type: User,
  list: userList,
  toNode: asUser,
  filter: {
    search: optional.text('Whose name or number contains this.'),
    roles: optional.of('Who have one of these roles.', () => [UserRoleEnum]),
    isActive: optional.flag('Who may sign in; with false, who may not any more.'),
  },
});
registered('lobs', 'The lines of business, those added last first.', {
  Type: Lob,
  list: lobList,
  toNode: asLob,
  filter: { search: optional.text('Whose name contains this.') },
});
registered('cycles', 'The testing cycles, those added last first.', {
  Type: Cycle,
  list: cycleList,
  toNode: asCycle,
  filter: {
    search: optional.text('Whose name contains this.'),
    status: optional.text('With this status, e.g. ACTIVE.'),
    on: optional.date('Cycles that contain this day.'),
  },
});
registered('reports', 'The regulatory reports, those added last first.', {
  Type: Report,
  list: reportList,
  toNode: asReport,
  filter: {
    search: optional.text('Whose name or number contains this.'),
    number: optional.text('Which have this number.'),
    lobId: optional.uuid('Which belong to this line of business.'),
    ownerId: optional.int('Which this person (userId) answers for.'),
  },
});
byId('user', User, 'userId', a.int('The person.'), ({ loaders }, id) => loaders.user.load(id));
byId('lob', Lob, 'lobId', a.uuid('The line of business.'), ({ loaders }, id) => loaders.lob.load(id));
byId('cycle', Cycle, 'cycleId', a.uuid('The cycle.'), ({ loaders }, id) => loaders.cycle.load(id));
byId('report', Report, 'reportId', a.uuid('The report.'), ({ loaders }, id) => loaders.report.load(id));

for (const [kind, Type] of Object.entries({ User, Lob, Cycle, Report, Workflow }))
  addFields(Type as TypeOf<{ nodeKey: string | number }>, {
    revision: resolved(
      'Increases with every change in the register; mutations take it as expectedRevision.',
      () => Int,
      async ({ nodeKey }, { loaders }) =>
        (await loaders.revision(kind as Registered['kind']).load(String(nodeKey))) ?? 0,
    ),
  });
