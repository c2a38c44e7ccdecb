/** The mutations with which administrators maintain the register: each adds or changes an entry. */
import { Int } from 'type-graphql';
import type { ReferenceWrites } from '../../database/register/reference-writes';
import type { Registered } from '../../database/register/register';
import { positions } from '../../versioning/fitness';
import { a, resolved, addFields, objectType, optional, type TypeOf, type Values } from '../declare';
import { UserRoleEnum } from '../enums';
import { Workflow } from '../workflow/types';
import { committed, registerMutation, type RegisterFields } from './register-mutation';
import { Cycle, Lob, Report, User } from './types';

interface StillNamedFor {
  readonly position: keyof typeof positions;
  readonly place: string;
  readonly placeId: string;
}
const StillNamed = objectType<StillNamedFor>(
  'StillNamed',
  'A position for which a person stays named although they can no longer hold it, until somebody else is named.',
  {
    place: a.text('Where: a workflow, or a report.'),
    placeId: a.uuid('The id of the workflow or report.'),
  },
);
addFields(StillNamed, {
  position: resolved(
    'The position, e.g. report owner.',
    () => String,
    ({ position }) => positions[position].title,
  ),
});

type Kind = Exclude<Registered['kind'], 'Webhook'>;

/** The inputs of the two mutations of a kind. */
interface Members {
  readonly create: Values;
  readonly update: Values;
  /** Members for which null means unchanged; null clears all others. */
  readonly neverNull?: readonly string[];
}

/** The create and update mutations of a kind, which are named after it. */
type Add = (said: never) => Promise<RegisterFields>;
type Change = (id: never, said: never) => Promise<unknown>;

const extra: Partial<Record<Registered['kind'], Values>> = {
  User: {
    stillNamed: a.of('The positions for which they stay named although they can no longer hold them.', () => [
      StillNamed,
    ]),
  },
};

function keeps(kind: Kind, Type: TypeOf<never>, { neverNull = [], ...members }: Members): void {
  const member = kind.toLowerCase() as Lowercase<Kind>;
  const idName = `${member}Id`;
  const writes = {
    create: async (data: ReferenceWrites, said: RegisterFields) => {
      const add: Add = data[`add${kind}`];
      return { id: String((await add(said as never))[idName]), made: null };
    },
    update: async (data: ReferenceWrites, { [idName]: id, ...said }: RegisterFields) => {
      const change: Change = data[`change${kind}`];
      const changed = Object.entries(said).filter(([name, value]) => value !== null || !neverNull.includes(name));
      return { id: String(id), made: await change(id as never, Object.fromEntries(changed) as never) };
    },
  };
  const Payload = objectType<Record<string, unknown>>(`${kind}Payload`, `The result of a change to the register.`, {
    [member]: a.of('The entry in its current state.', () => Type),
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
      shall: 'Its properties.',
      members: members[verb],
      Payload,
      changed: verb === 'update' ? { kind, idName } : null,
      write: writes[verb],
      answer: async ({ loaders }, id, made) => ({
        [member]: await loaders[member].load((kind === 'User' ? Number(id) : id) as never),
        stillNamed: made ?? [],
      }),
    });
  }
}

const name = { name: a.text('The name, unique among its kind.') };
const newName = { name: optional.text('The name, unique among its kind.') };

const roles = (of: typeof a | typeof optional) => ({
  roles: of.of('All roles of the person; requires a reason.', () => [UserRoleEnum]),
});
const userId = a.int("The bank's own number of the person; the `sub` of their token.");
keeps('User', User, {
  create: { userId, name: a.text('The printed name.'), ...roles(a) },
  update: {
    userId,
    name: optional.text('The printed name.'),
    isActive: optional.flag('Whether they may sign in; requires a reason. Nobody may change it for themselves.'),
    ...roles(optional),
  },
});

keeps('Lob', Lob, { create: name, update: { lobId: a.uuid('The line of business.'), ...newName } });

const aboutCycle = {
  startDate: optional.date('The first day.'),
  endDate: optional.date('The last day; not before the first.'),
  cycleStatus: optional.text(
    'The cycle’s status, e.g. PLANNED, ACTIVE. A CLOSED cycle (in any case) accepts no new work (CYCLE_CLOSED); reopening it requires a reason.',
  ),
};
keeps('Cycle', Cycle, {
  create: { ...name, ...aboutCycle },
  update: { cycleId: a.uuid('The cycle.'), ...newName, ...aboutCycle },
  neverNull: ['name', 'cycleStatus'],
});

const aboutReport = {
  lobId: optional.uuid('The line of business.'),
  ownerId: optional.int('Who answers for the report in the bank (userId): a Report Owner; takes a reason.'),
};
keeps('Report', Report, {
  create: {
    name: a.text('Its name.'),
    number: a.text('Its number, unique among reports.'),
    ...aboutReport,
  },
  update: {
    reportId: a.uuid('The report.'),
    name: optional.text('Its name.'),
    number: optional.text('Its number, unique among reports.'),
    ...aboutReport,
  },
  neverNull: ['name', 'number'],
});

const named = (title: string) => optional.int(`${title} (userId); takes a reason.`);
const people = {
  testerIds: optional.of('All testers (userId); takes a reason.', () => [Int]),
  testLeadId: named('The tester who signs for the test team'),
  reportOwnerId: named('Who decides for the report'),
  testExecutiveId: named('Who approves the test report'),
};
keeps('Workflow', Workflow, {
  create: {
    cycleId: a.uuid('The cycle.'),
    reportId: a.uuid('The report, which is tested in the cycle once.'),
    ...people,
  },
  update: { workflowId: a.uuid('The workflow.'), ...people },
  neverNull: ['testerIds'],
});
