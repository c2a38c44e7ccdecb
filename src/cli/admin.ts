/** npm run -s admin -- …: people, lines of business, cycles, reports and workflows, from the terminal. */
import { Command, Option } from 'commander';
import type { Naming } from '../database/register/people';
import { openReferenceData, type ReferenceData } from '../database/register/reference-data';
import { messageOf } from '../database/register/reference-refusals';
import type { ReferenceWrites } from '../database/register/reference-writes';
import { positions } from '../versioning/fitness';
import { userRoles } from '../versioning/model';
import { day, role, several, userId, uuid, yesNo } from './arguments';
import { withOwnerUrl } from './opened';
import { runTool } from './run';
import { plain } from './streams';
import { tableOf } from './table';

/** Opens the reference data as the owner, does one thing, and closes it again. */
const withReferenceData = <T>(work: (reference: ReferenceData) => Promise<T>): Promise<T> =>
  withOwnerUrl(async (ownerUrl) => {
    const reference = openReferenceData(ownerUrl);
    try {
      return await work(reference);
    } catch (error) {
      throw new Error(messageOf(error), { cause: error });
    } finally {
      await reference.close();
    }
  });

const id = uuid('An id is a UUID; the list command shows them.');
const text = (typed: string): string => typed;

/** A field as typed: an argument, `<name>`, or an option, `--name <name>`. */
interface Typed<T> {
  readonly flags: string;
  readonly what: string;
  readonly read: (typed: string) => T;
  readonly isRequired?: boolean;
}
const typed = <T>(flags: string, what: string, read: (typed: string) => T): Typed<T> => ({ flags, what, read });
const required = <T>(option: Typed<T>): Typed<T> => ({ ...option, isRequired: true });

type Fields = Readonly<Record<string, Typed<unknown>>>;
type Given<F extends Fields> = { readonly [Field in keyof F]: F[Field] extends Typed<infer T> ? T : never };

interface Writing<Args extends Fields, Options extends Fields> {
  readonly args: Args;
  /** By field name; options that are not given are undefined. */
  readonly options: Options;
  /** Writes; returns the text to print. */
  readonly write: (data: ReferenceWrites, given: Given<Args> & Partial<Given<Options>>) => Promise<string>;
}

/** A command that writes one commit, whose operation is named after it, such as `admin users.add`. */
function writing<Args extends Fields, Options extends Fields>(
  parent: Command,
  name: 'add' | 'change',
  { args, options, write }: Writing<Args, Options>,
): void {
  const command = parent.command(name);
  for (const { flags, what, read } of Object.values(args)) command.argument(flags, what, read);
  const declared = Object.entries(options).map(([field, { flags, what, read, isRequired }]) => {
    const option = new Option(flags, what).argParser(read).makeOptionMandatory(isRequired === true);
    command.addOption(option);
    return [field, option.attributeName()] as const;
  });
  command.option('--reason <text>', 'the reason; recorded, and required for roles and assignments');
  command.action(async () => {
    const { reason, ...opts } = command.opts<Record<string, unknown> & { reason?: string }>();
    const given = Object.fromEntries([
      ...Object.keys(args).map((field, index) => [field, command.processedArgs[index] as unknown]),
      ...declared.map(([field, attribute]) => [field, opts[attribute]]),
    ]) as Parameters<typeof write>[1];
    const statement = { operation: `admin ${parent.name()}.${name}`, reason };
    const told = await withReferenceData((reference) => reference.commit(statement, (data) => write(data, given)));
    console.log(told ?? 'Nothing to change: it is so already.');
  });
}

/** A command that lists: as a table, or with --json as the data behind the table. */
function listing<Row extends object>(
  parent: Command,
  what: string,
  read: (reference: ReferenceData) => Promise<Row[]>,
  toTable: (row: Row) => Record<string, string>,
): void {
  parent
    .command('list')
    .description(what)
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const rows = await withReferenceData(read);
      if (json) console.log(JSON.stringify(rows, null, 2));
      else console.log(rows.length > 0 ? tableOf(rows.map(toTable)) : 'None yet.');
    });
}

const person = (user: { readonly userId: number; readonly name: string } | null): string =>
  user ? `${user.userId} ${user.name}` : '';

const program = new Command('npm run -s admin --').description(
  'Manages people, lines of business, cycles, reports and workflows. Every change is recorded in the commit log of the reference data.',
);

const users = program.command('users').description('people and their roles');
listing(
  users,
  'everybody, with their roles',
  (reference) => reference.users(),
  (user) => ({
    userId: String(user.userId),
    name: user.name,
    roles: user.roles.join(', '),
    active: user.isActive ? 'yes' : 'no',
  }),
);
writing(users, 'add', {
  args: {
    userId: typed('<userId>', 'the bank’s own number of the person', userId),
    name: typed('<name>', 'the printed name', text),
  },
  options: { roles: required(typed('--roles <roles>', `comma-separated: ${userRoles.join(', ')}`, several(role))) },
  write: async (data, user) => `Added user ${(await data.addUser(user)).userId}.`,
});
writing(users, 'change', {
  args: { userId: typed('<userId>', 'the person', userId) },
  options: {
    name: typed('--name <name>', 'the printed name', text),
    roles: typed('--roles <roles>', 'all roles that the person is to have', several(role)),
    isActive: typed('--active <yes|no>', 'whether the person may sign in', yesNo),
  },
  write: async (data, { userId, ...change }) =>
    [`Changed user ${userId}.`, ...stillNamed(await data.changeUser(userId, change))].join('\n'),
});

/** The positions that a person keeps although they can no longer hold them; somebody else has to be named. */
const stillNamed = (left: readonly Naming[]): string[] =>
  left.length === 0
    ? []
    : [
        'They stay named for positions that they can no longer hold. Name somebody else:',
        ...left.map(({ position, place, placeId }) => plain(`  ${positions[position].title} of ${place} (${placeId})`)),
      ];

const lobs = program.command('lobs').description('lines of business');
listing(
  lobs,
  'all lines of business',
  (reference) => reference.lobs(),
  ({ lobId, name }) => ({ lobId, name }),
);
writing(lobs, 'add', {
  args: { name: typed('<name>', '', text) },
  options: {},
  write: async (data, lob) => `Added ${(await data.addLob(lob)).lobId}.`,
});
writing(lobs, 'change', {
  args: { lobId: typed('<lobId>', 'the line of business', id) },
  options: { name: required(typed('--name <name>', '', text)) },
  write: async (data, { lobId, name }) => `Changed ${(await data.changeLob(lobId, { name })).lobId}.`,
});

const cycles = program.command('cycles').description('testing cycles');
listing(
  cycles,
  'all cycles, the newest first',
  (reference) => reference.cycles(),
  ({ cycleId, name, startDate, endDate, cycleStatus }) => ({
    cycleId,
    name,
    from: startDate ?? '',
    to: endDate ?? '',
    status: cycleStatus,
  }),
);
const aboutCycle = {
  startDate: typed('--start <date>', 'the first day, YYYY-MM-DD', day),
  endDate: typed('--end <date>', 'the last day, YYYY-MM-DD', day),
  cycleStatus: typed('--status <status>', 'e.g. PLANNED, ACTIVE, CLOSED', text),
};
writing(cycles, 'add', {
  args: { name: typed('<name>', '', text) },
  options: aboutCycle,
  write: async (data, cycle) => `Added ${(await data.addCycle(cycle)).cycleId}.`,
});
writing(cycles, 'change', {
  args: { cycleId: typed('<cycleId>', 'the cycle', id) },
  options: { name: typed('--name <name>', '', text), ...aboutCycle },
  write: async (data, { cycleId, ...change }) => `Changed ${(await data.changeCycle(cycleId, change)).cycleId}.`,
});

const reports = program.command('reports').description('regulatory reports');
listing(
  reports,
  'all reports',
  (reference) => reference.reports(),
  ({ reportId, number, name, lob, owner }) => ({ reportId, number, name, lob: lob?.name ?? '', owner: person(owner) }),
);
const aboutReport = {
  lobId: typed('--lob <lobId>', 'the line of business', id),
  ownerId: typed('--owner <userId>', 'who answers for the report', userId),
};
writing(reports, 'add', {
  args: { number: typed('<number>', 'its number in the register', text), name: typed('<name>', '', text) },
  options: aboutReport,
  write: async (data, report) => `Added ${(await data.addReport(report)).reportId}.`,
});
writing(reports, 'change', {
  args: { reportId: typed('<reportId>', 'the report', id) },
  options: { number: typed('--number <number>', '', text), name: typed('--name <name>', '', text), ...aboutReport },
  write: async (data, { reportId, ...change }) => `Changed ${(await data.changeReport(reportId, change)).reportId}.`,
});

const workflows = program
  .command('workflows')
  .description('reports being tested in a cycle, and who is assigned to them');
listing(
  workflows,
  'all workflows, with their people',
  (reference) => reference.workflows(),
  ({ workflowId, cycle, report, testers, testLead, reportOwner, testExecutive }) => ({
    workflowId,
    cycle: cycle.name,
    report: report.number,
    people: [
      ...testers.map((tester) => `tester ${person(tester)}`),
      ...(testLead ? [`test lead ${person(testLead)}`] : []),
      ...(reportOwner ? [`report owner ${person(reportOwner)}`] : []),
      ...(testExecutive ? [`test executive ${person(testExecutive)}`] : []),
    ].join('\n'),
  }),
);
const people = {
  testerIds: typed('--testers <userIds>', 'all testers, comma-separated', several(userId)),
  testLeadId: typed('--test-lead <userId>', 'the tester who signs for the test team', userId),
  reportOwnerId: typed('--report-owner <userId>', 'who decides for the report', userId),
  testExecutiveId: typed('--test-executive <userId>', 'who approves the test report', userId),
};
writing(workflows, 'add', {
  args: { cycleId: typed('<cycleId>', 'the cycle', id), reportId: typed('<reportId>', 'the report', id) },
  options: people,
  write: async (data, workflow) => `Added ${(await data.addWorkflow(workflow)).workflowId}.`,
});
writing(workflows, 'change', {
  args: { workflowId: typed('<workflowId>', 'the workflow', id) },
  options: people,
  write: async (data, { workflowId, ...change }) => {
    await data.changeWorkflow(workflowId, change);
    return `Changed ${workflowId}.`;
  },
});

runTool(() => program.parseAsync());
