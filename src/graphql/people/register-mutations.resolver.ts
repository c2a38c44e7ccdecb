/** The mutations with which administrators maintain the register: each adds or changes an entry. */
import { Int } from 'type-graphql';
import type { ReferenceWrites } from '../../database/reference-writes';
import type { Registered } from '../../database/register';
import { positions } from '../../versioning/fitness';
import type { Context } from '../context';
import { a, answered, answers, objectType, optional, type TypeOf, type Values } from '../declare';
import { UserRoleEnum } from '../enums';
import { Workflow } from '../workflow/types';
import { committed, registerMutation } from './register-mutation';
import { Cycle, Lob, Report, User } from './types';

interface StillNamedFor {
  readonly position: keyof typeof positions;
  readonly place: string;
  readonly placeId: string;
}
const StillNamed = objectType<StillNamedFor>(
  'StillNamed',
  'What somebody stays named for and cannot do any more, until somebody else is named.',
  {
    place: a.text('Where: a workflow, or a report.'),
    placeId: a.uuid('The id of the workflow or report.'),
  },
);
answers(StillNamed, {
  position: answered(
    'As what, e.g. report owner.',
    () => String,
    ({ position }) => positions[position].title,
  ),
});

type Writes = (data: ReferenceWrites, input: never) => Promise<{ readonly id: string; readonly made?: unknown }>;

/** A kind of register entry: its type, its id and its fields. */
interface Kind {
  readonly kind: Registered['kind'];
  readonly Type: TypeOf<never>;
  readonly idName: string;
  readonly load: (context: Context, id: string) => unknown;
}

/** Drops nulls for fields that cannot be empty, so that these stay as they are. */
const withoutNulls = <Input extends object>(input: Input, ...names: readonly (keyof Input)[]): Input =>
  Object.fromEntries(
    Object.entries(input).filter(([name, value]) => value !== null || !names.includes(name as never)),
  ) as Input;

const extra: Partial<Record<Registered['kind'], Values>> = {
  User: {
    stillNamed: a.of('What they stay named for and cannot do any more.', () => [StillNamed]),
  },
};

function keeps(
  { kind, Type, idName, load }: Kind,
  members: { create: Values; update: Values },
  writes: { create: Writes; update: Writes },
): void {
  const member = kind.toLowerCase();
  const Payload = objectType<Record<string, unknown>>(`${kind}Payload`, `What a change of the register did.`, {
    [member]: a.of('What it was about, as it is now.', () => Type),
    ...committed,
    ...extra[kind],
  });
  for (const [verb, says] of [
    ['create', 'Adds one to the register.'],
    ['update', 'Changes one of the register; what is left out stays as it is.'],
  ] as const) {
    registerMutation({
      name: `${verb}${kind}`,
      says,
      shall: 'What it shall be.',
      members: members[verb],
      Payload,
      changed: verb === 'update' ? { kind, idName } : null,
      write: async (data, said) => {
        const { id, made = null } = await writes[verb](data, said as never);
        return { id, made };
      },
      answer: async (context, id, made) => ({ [member]: await load(context, id), stillNamed: made ?? [] }),
    });
  }
}

const name = { name: a.text('The name; unlike every other of its kind.') };
const newName = { name: optional.text('The name; unlike every other of its kind.') };

const roles = (of: typeof a | typeof optional) => ({
  roles: of.of('All roles the person shall have; takes a reason.', () => [UserRoleEnum]),
});
const aboutPerson = { userId: a.int("The bank's own number of the person; the `sub` of their token.") };
keeps(
  { kind: 'User', Type: User, idName: 'userId', load: ({ loaders }, id) => loaders.user.load(Number(id)) },
  {
    create: { ...aboutPerson, name: a.text('The printed name.'), ...roles(a) },
    update: {
      ...aboutPerson,
      name: optional.text('The printed name.'),
      isActive: optional.flag('Whether they may sign in; takes a reason. Nobody changes it of themselves.'),
      ...roles(optional),
    },
  },
  {
    create: async (data, user: Parameters<ReferenceWrites['addUser']>[0]) => {
      await data.addUser(user);
      return { id: String(user.userId) };
    },
    update: async (data, { userId, ...change }: { userId: number } & Parameters<ReferenceWrites['changeUser']>[1]) => ({
      id: String(userId),
      made: await data.changeUser(userId, withoutNulls(change, 'name', 'isActive', 'roles')),
    }),
  },
);

keeps(
  { kind: 'Lob', Type: Lob, idName: 'lobId', load: ({ loaders }, id) => loaders.lob.load(id) },
  { create: name, update: { lobId: a.uuid('The line of business.'), ...newName } },
  {
    create: async (data, lob: Parameters<ReferenceWrites['addLob']>[0]) => ({ id: (await data.addLob(lob)).lobId }),
    update: async (data, { lobId, ...change }: { lobId: string; name?: string }) => {
      await data.changeLob(lobId, withoutNulls(change, 'name'));
      return { id: lobId };
    },
  },
);

const aboutCycle = {
  startDate: optional.date('The first day.'),
  endDate: optional.date('The last day, which is not before the first.'),
  cycleStatus: optional.text(
    'How the cycle stands, e.g. PLANNED, ACTIVE. CLOSED, in whatever case, takes no new work (CYCLE_CLOSED); to open it again takes a reason.',
  ),
};
keeps(
  { kind: 'Cycle', Type: Cycle, idName: 'cycleId', load: ({ loaders }, id) => loaders.cycle.load(id) },
  {
    create: { ...name, ...aboutCycle },
    update: { cycleId: a.uuid('The cycle.'), ...newName, ...aboutCycle },
  },
  {
    create: async (data, cycle: Parameters<ReferenceWrites['addCycle']>[0]) => ({
      id: (await data.addCycle(cycle)).cycleId,
    }),
    update: async (
      data,
      { cycleId, ...change }: { cycleId: string } & Parameters<ReferenceWrites['changeCycle']>[1],
    ) => {
      await data.changeCycle(cycleId, withoutNulls(change, 'name', 'cycleStatus'));
      return { id: cycleId };
    },
  },
);

const aboutReport = {
  lobId: optional.uuid('The line of business.'),
  ownerId: optional.int('Who answers for the report in the bank (userId): a Report Owner; takes a reason.'),
};
keeps(
  { kind: 'Report', Type: Report, idName: 'reportId', load: ({ loaders }, id) => loaders.report.load(id) },
  {
    create: {
      name: a.text('Its name.'),
      number: a.text('Its number; unlike that of every other report.'),
      ...aboutReport,
    },
    update: {
      reportId: a.uuid('The report.'),
      name: optional.text('Its name.'),
      number: optional.text('Its number; unlike that of every other report.'),
      ...aboutReport,
    },
  },
  {
    create: async (data, report: Parameters<ReferenceWrites['addReport']>[0]) => ({
      id: (await data.addReport(report)).reportId,
    }),
    update: async (
      data,
      { reportId, ...change }: { reportId: string } & Parameters<ReferenceWrites['changeReport']>[1],
    ) => {
      await data.changeReport(reportId, withoutNulls(change, 'name', 'number'));
      return { id: reportId };
    },
  },
);

const named = (title: string) => optional.int(`${title} (userId); takes a reason.`);
const people = {
  testerIds: optional.of('All testers (userId); takes a reason.', () => [Int]),
  testLeadId: named('The tester who signs for the test team'),
  reportOwnerId: named('Who decides for the report'),
  testExecutiveId: named('Who approves the test report'),
};
keeps(
  { kind: 'Workflow', Type: Workflow, idName: 'workflowId', load: ({ loaders }, id) => loaders.workflow.load(id) },
  {
    create: {
      cycleId: a.uuid('The cycle.'),
      reportId: a.uuid('The report, which is tested in the cycle once.'),
      ...people,
    },
    update: { workflowId: a.uuid('The workflow.'), ...people },
  },
  {
    create: async (data, workflow: Parameters<ReferenceWrites['addWorkflow']>[0]) => ({
      id: (await data.addWorkflow(withoutNulls(workflow, 'testerIds'))).workflowId,
    }),
    update: async (
      data,
      { workflowId, ...change }: { workflowId: string } & Parameters<ReferenceWrites['changeWorkflow']>[1],
    ) => {
      await data.changeWorkflow(workflowId, withoutNulls(change, 'testerIds'));
      return { id: workflowId };
    },
  },
);
