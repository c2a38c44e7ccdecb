/** npm run -s admin -- …: people, lines of business, cycles, reports and workflows, from the terminal. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { openDatabase, requireOwnerUrl } from '../database/embedded';
import type { Naming } from '../database/people';
import { explained, openReferenceData, type ReferenceData, type ReferenceWrites } from '../database/reference-data';
import { readEnv } from '../env';
import { positions } from '../versioning/fitness';
import { isUuid } from '../uuid';
import { userRoles, type UserRole } from '../versioning/model';
import { runCommand } from './run';
import { plain } from './streams';
import { tableOf } from './table';

/** Opens the database as its owner, does one thing, and closes it again. */
async function withReferenceData<T>(work: (reference: ReferenceData) => Promise<T>): Promise<T> {
  const database = await openDatabase(readEnv());
  try {
    const reference = openReferenceData(requireOwnerUrl(database));
    try {
      return await work(reference);
    } catch (error) {
      throw new Error(explained(error), { cause: error });
    } finally {
      await reference.close();
    }
  } finally {
    await database.close();
  }
}

const userId = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A userId is a positive whole number.');
};
const userIds = (text: string): number[] => text.split(',').map((part) => userId(part.trim()));
const uuid = (text: string): string => {
  if (isUuid(text)) return text.toLowerCase();
  throw new InvalidArgumentError('An id is a UUID; the list command shows them.');
};
const day = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('A date is written YYYY-MM-DD.');
};
const roles = (text: string): UserRole[] =>
  text.split(',').map((part) => {
    const role = userRoles.find((known) => known === part.trim().toUpperCase());
    if (!role) throw new InvalidArgumentError(`Roles are ${userRoles.join(', ')}; several are separated by commas.`);
    return role;
  });
const yesNo = (text: string): boolean => {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new InvalidArgumentError('Write yes or no.');
};

/**
 * Writes as one commit, which is named for the command, such as `admin users.add`.
 * @param write writes; returns what to tell
 */
async function commit(command: Command, write: (data: ReferenceWrites) => Promise<string>): Promise<void> {
  const operation = `admin ${command.parent!.name()}.${command.name()}`;
  const { reason } = command.opts<{ reason?: string }>();
  const told = await withReferenceData((reference) => reference.commit({ operation, reason }, write));
  console.log(told ?? 'It is so already; nothing was changed.');
}
const reasonOption = ['--reason <text>', 'why; it is recorded, and demanded for roles and assignments'] as const;

interface Person {
  readonly userId: number;
  readonly name: string;
}
const brief = (user: Person | null): Person | null => user && { userId: user.userId, name: user.name };
const person = (user: Person | null): string => (user ? `${user.userId} ${user.name}` : '');
const isoDay = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null;

/** A command that lists: as a table, or with --json as what the table was made from. */
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

const program = new Command('npm run -s admin --').description(
  'Manages people, lines of business, cycles, reports and workflows. Every change is recorded in the commit log of the reference data.',
);

const users = program.command('users').description('people and their roles');
listing(
  users,
  'everybody, with their roles',
  async (reference) =>
    (await reference.users()).map(({ userId, name, roles, isActive }) => ({
      userId,
      name,
      roles: roles.map(({ role }) => role),
      isActive,
    })),
  ({ userId, name, roles, isActive }) => ({
    userId: String(userId),
    name,
    roles: roles.join(', '),
    active: isActive ? 'yes' : 'no',
  }),
);
users
  .command('add')
  .argument('<userId>', 'the bank’s own number of the person', userId)
  .argument('<name>', 'the printed name')
  .requiredOption('--roles <roles>', `comma-separated: ${userRoles.join(', ')}`, roles)
  .option(...reasonOption)
  .action((id: number, name: string, options: { roles: UserRole[] }, command: Command) =>
    commit(command, async (data) => {
      await data.addUser(id, name, options.roles);
      return `Added user ${id}.`;
    }),
  );
users
  .command('change')
  .argument('<userId>', 'the person', userId)
  .option('--name <name>', 'the printed name')
  .option('--roles <roles>', 'all roles the person shall have', roles)
  .option('--active <yes|no>', 'whether the person may sign in', yesNo)
  .option(...reasonOption)
  .action(
    (
      id: number,
      { name, roles: granted, active }: { name?: string; roles?: UserRole[]; active?: boolean },
      command: Command,
    ) =>
      commit(command, async (data) => {
        const left = await data.changeUser(id, { name, roles: granted, isActive: active });
        return [`Changed user ${id}.`, ...stillNamed(left)].join('\n');
      }),
  );

/** What somebody stays named for who cannot do it any more: others have to be named. */
const stillNamed = (left: readonly Naming[]): string[] =>
  left.length === 0
    ? []
    : [
        'They stay named for what they cannot do now. Name somebody else:',
        ...left.map(({ position, place, placeId }) => plain(`  ${positions[position].title} of ${place} (${placeId})`)),
      ];

const lobs = program.command('lobs').description('lines of business');
listing(
  lobs,
  'all lines of business',
  async (reference) => (await reference.lobs()).map(({ lobId, name }) => ({ lobId, name })),
  (lob) => lob,
);
lobs
  .command('add')
  .argument('<name>')
  .option(...reasonOption)
  .action((name: string, _: object, command: Command) =>
    commit(command, async (data) => `Added ${(await data.addLob(name)).lobId}.`),
  );
lobs
  .command('change')
  .argument('<lobId>', 'the line of business', uuid)
  .requiredOption('--name <name>')
  .option(...reasonOption)
  .action((id: string, { name }: { name: string }, command: Command) =>
    commit(command, async (data) => {
      await data.changeLob(id, name);
      return `Changed ${id}.`;
    }),
  );

const cycles = program.command('cycles').description('testing cycles');
listing(
  cycles,
  'all cycles, the newest first',
  async (reference) =>
    (await reference.cycles()).map(({ cycleId, name, startDate, endDate, cycleStatus }) => ({
      cycleId,
      name,
      startDate: isoDay(startDate),
      endDate: isoDay(endDate),
      cycleStatus,
    })),
  ({ cycleId, name, startDate, endDate, cycleStatus }) => ({
    cycleId,
    name,
    from: startDate ?? '',
    to: endDate ?? '',
    status: cycleStatus,
  }),
);
interface CycleOptions {
  name?: string;
  start?: string;
  end?: string;
  status?: string;
}
const cycleOptions = (command: Command): Command =>
  command
    .option('--start <date>', 'the first day, YYYY-MM-DD', day)
    .option('--end <date>', 'the last day, YYYY-MM-DD', day)
    .option('--status <status>', 'e.g. PLANNED, ACTIVE, CLOSED')
    .option(...reasonOption);
cycleOptions(cycles.command('add').argument('<name>')).action(
  (name: string, { start, end, status }: CycleOptions, command: Command) =>
    commit(command, async (data) => {
      const cycle = await data.addCycle({ name, startDate: start, endDate: end, cycleStatus: status });
      return `Added ${cycle.cycleId}.`;
    }),
);
cycleOptions(cycles.command('change').argument('<cycleId>', 'the cycle', uuid).option('--name <name>')).action(
  (id: string, { name, start, end, status }: CycleOptions, command: Command) =>
    commit(command, async (data) => {
      await data.changeCycle(id, { name, startDate: start, endDate: end, cycleStatus: status });
      return `Changed ${id}.`;
    }),
);

const reports = program.command('reports').description('regulatory reports');
listing(
  reports,
  'all reports',
  async (reference) =>
    (await reference.reports()).map(({ reportId, number, name, lob, owner }) => ({
      reportId,
      number,
      name,
      lob: lob && { lobId: lob.lobId, name: lob.name },
      owner: brief(owner),
    })),
  ({ reportId, number, name, lob, owner }) => ({ reportId, number, name, lob: lob?.name ?? '', owner: person(owner) }),
);
interface ReportOptions {
  number?: string;
  name?: string;
  lob?: string;
  owner?: number;
}
const reportOptions = (command: Command): Command =>
  command
    .option('--lob <lobId>', 'the line of business', uuid)
    .option('--owner <userId>', 'who answers for the report', userId)
    .option(...reasonOption);
reportOptions(reports.command('add').argument('<number>', 'its number in the register').argument('<name>')).action(
  (number: string, name: string, { lob, owner }: ReportOptions, command: Command) =>
    commit(command, async (data) => {
      const report = await data.addReport({ number, name, lobId: lob, ownerId: owner });
      return `Added ${report.reportId}.`;
    }),
);
reportOptions(
  reports
    .command('change')
    .argument('<reportId>', 'the report', uuid)
    .option('--number <number>')
    .option('--name <name>'),
).action((id: string, { number, name, lob, owner }: ReportOptions, command: Command) =>
  commit(command, async (data) => {
    await data.changeReport(id, { number, name, lobId: lob, ownerId: owner });
    return `Changed ${id}.`;
  }),
);

const workflows = program
  .command('workflows')
  .description('reports being tested in a cycle, and who is assigned to them');
listing(
  workflows,
  'all workflows, with their people',
  async (reference) =>
    (await reference.workflows()).map(({ workflowId, cycle, report, ...people }) => ({
      workflowId,
      cycle: { cycleId: cycle.cycleId, name: cycle.name },
      report: { reportId: report.reportId, number: report.number, name: report.name },
      testers: people.testers.map(({ user }) => brief(user)!),
      testLead: brief(people.testLead),
      reportOwner: brief(people.reportOwner),
      testExecutive: brief(people.testExecutive),
    })),
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
interface WorkflowOptions {
  testers?: number[];
  testLead?: number;
  reportOwner?: number;
  testExecutive?: number;
}
const peopleOptions = (command: Command): Command =>
  command
    .addOption(new Option('--testers <userIds>', 'all testers, comma-separated').argParser(userIds))
    .option('--test-lead <userId>', 'the tester who signs for the test team', userId)
    .option('--report-owner <userId>', 'who decides for the report', userId)
    .option('--test-executive <userId>', 'who approves the test report', userId)
    .option(...reasonOption);
const assigned = ({ testers, testLead, reportOwner, testExecutive }: WorkflowOptions) => ({
  testerIds: testers,
  testLeadId: testLead,
  reportOwnerId: reportOwner,
  testExecutiveId: testExecutive,
});
peopleOptions(
  workflows.command('add').argument('<cycleId>', 'the cycle', uuid).argument('<reportId>', 'the report', uuid),
).action((cycleId: string, reportId: string, options: WorkflowOptions, command: Command) =>
  commit(command, async (data) => {
    const people = { ...assigned(options), testerIds: options.testers ?? [] };
    return `Added ${(await data.addWorkflow({ cycleId, reportId, ...people })).workflowId}.`;
  }),
);
peopleOptions(workflows.command('change').argument('<workflowId>', 'the workflow', uuid)).action(
  (id: string, options: WorkflowOptions, command: Command) =>
    commit(command, async (data) => {
      await data.changeWorkflow(id, assigned(options));
      return `Changed ${id}.`;
    }),
);

runCommand(() => program.parseAsync());
