/** npm run -s admin -- …: people, lines of business, cycles, reports and workflows, from the terminal. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { openDatabase, requireOwnerUrl } from '../database/embedded';
import { explained, openReferenceData, type ReferenceData } from '../database/reference-data';
import { readEnv } from '../env';
import { userRoles, type UserRole } from '../versioning/model';
import { runCommand } from './run';

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
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
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

const show = (rows: object[]): void => (rows.length > 0 ? console.table(rows) : console.log('None yet.'));
const done = (what: string) => () => console.log(what);
const person = (user: { userId: number; name: string } | null): string => (user ? `${user.userId} ${user.name}` : '');
const isoDay = (date: Date | null): string => date?.toISOString().slice(0, 10) ?? '';

const program = new Command('npm run -s admin --').description(
  'Manages people, lines of business, cycles, reports and workflows. Every change is recorded in the commit log of the reference data.',
);

const users = program.command('users').description('people and their roles');
users.command('list').action(() =>
  withReferenceData(async (reference) =>
    show(
      (await reference.users()).map((user) => ({
        userId: user.userId,
        name: user.name,
        roles: user.roles.map(({ role }) => role).join(', '),
        active: user.isActive,
      })),
    ),
  ),
);
users
  .command('add')
  .argument('<userId>', 'the bank’s own number of the person', userId)
  .argument('<name>', 'the printed name')
  .requiredOption('--roles <roles>', `comma-separated: ${userRoles.join(', ')}`, roles)
  .action((id: number, name: string, options: { roles: UserRole[] }) =>
    withReferenceData((reference) => reference.addUser(id, name, options.roles)).then(done(`Added user ${id}.`)),
  );
users
  .command('change')
  .argument('<userId>', 'the person', userId)
  .option('--name <name>', 'the printed name')
  .option('--roles <roles>', 'all roles the person shall have', roles)
  .option('--active <yes|no>', 'whether the person may sign in', yesNo)
  .action((id: number, { name, roles: granted, active }: { name?: string; roles?: UserRole[]; active?: boolean }) =>
    withReferenceData((reference) => reference.changeUser(id, { name, roles: granted, isActive: active })).then(
      done(`Changed user ${id}.`),
    ),
  );

const lobs = program.command('lobs').description('lines of business');
lobs
  .command('list')
  .action(() =>
    withReferenceData(async (reference) => show((await reference.lobs()).map(({ lobId, name }) => ({ lobId, name })))),
  );
lobs
  .command('add')
  .argument('<name>')
  .action((name: string) =>
    withReferenceData((reference) => reference.addLob(name)).then((lob) => console.log(`Added ${lob.lobId}.`)),
  );
lobs
  .command('change')
  .argument('<lobId>', 'the line of business', uuid)
  .requiredOption('--name <name>')
  .action((id: string, { name }: { name: string }) =>
    withReferenceData((reference) => reference.changeLob(id, name)).then(done(`Changed ${id}.`)),
  );

const cycles = program.command('cycles').description('testing cycles');
cycles.command('list').action(() =>
  withReferenceData(async (reference) =>
    show(
      (await reference.cycles()).map((cycle) => ({
        cycleId: cycle.cycleId,
        name: cycle.name,
        from: isoDay(cycle.startDate),
        to: isoDay(cycle.endDate),
        status: cycle.cycleStatus,
      })),
    ),
  ),
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
    .option('--status <status>', 'e.g. PLANNED, ACTIVE, CLOSED');
cycleOptions(cycles.command('add').argument('<name>')).action((name: string, { start, end, status }: CycleOptions) =>
  withReferenceData((reference) =>
    reference.addCycle({ name, startDate: start, endDate: end, cycleStatus: status }),
  ).then((cycle) => console.log(`Added ${cycle.cycleId}.`)),
);
cycleOptions(cycles.command('change').argument('<cycleId>', 'the cycle', uuid).option('--name <name>')).action(
  (id: string, { name, start, end, status }: CycleOptions) =>
    withReferenceData((reference) =>
      reference.changeCycle(id, { name, startDate: start, endDate: end, cycleStatus: status }),
    ).then(done(`Changed ${id}.`)),
);

const reports = program.command('reports').description('regulatory reports');
reports.command('list').action(() =>
  withReferenceData(async (reference) =>
    show(
      (await reference.reports()).map((report) => ({
        reportId: report.reportId,
        number: report.number,
        name: report.name,
        lob: report.lob?.name ?? '',
        owner: person(report.owner),
      })),
    ),
  ),
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
    .option('--owner <userId>', 'who answers for the report', userId);
reportOptions(reports.command('add').argument('<number>', 'its number in the register').argument('<name>')).action(
  (number: string, name: string, { lob, owner }: ReportOptions) =>
    withReferenceData((reference) => reference.addReport({ number, name, lobId: lob, ownerId: owner })).then((report) =>
      console.log(`Added ${report.reportId}.`),
    ),
);
reportOptions(
  reports
    .command('change')
    .argument('<reportId>', 'the report', uuid)
    .option('--number <number>')
    .option('--name <name>'),
).action((id: string, { number, name, lob, owner }: ReportOptions) =>
  withReferenceData((reference) => reference.changeReport(id, { number, name, lobId: lob, ownerId: owner })).then(
    done(`Changed ${id}.`),
  ),
);

const workflows = program
  .command('workflows')
  .description('reports being tested in a cycle, and who is assigned to them');
workflows.command('list').action(() =>
  withReferenceData(async (reference) =>
    show(
      (await reference.workflows()).map((workflow) => ({
        workflowId: workflow.workflowId,
        cycle: workflow.cycle.name,
        report: workflow.report.number,
        testers: workflow.testers.map(({ user }) => person(user)).join(', '),
        testLead: person(workflow.testLead),
        reportOwner: person(workflow.reportOwner),
        testExecutive: person(workflow.testExecutive),
      })),
    ),
  ),
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
    .option('--test-executive <userId>', 'who approves the test report', userId);
const assigned = ({ testers, testLead, reportOwner, testExecutive }: WorkflowOptions) => ({
  testerIds: testers,
  testLeadId: testLead,
  reportOwnerId: reportOwner,
  testExecutiveId: testExecutive,
});
peopleOptions(
  workflows.command('add').argument('<cycleId>', 'the cycle', uuid).argument('<reportId>', 'the report', uuid),
).action((cycleId: string, reportId: string, options: WorkflowOptions) =>
  withReferenceData((reference) =>
    reference.addWorkflow({ cycleId, reportId, ...assigned(options), testerIds: options.testers ?? [] }),
  ).then((workflow) => console.log(`Added ${workflow.workflowId}.`)),
);
peopleOptions(workflows.command('change').argument('<workflowId>', 'the workflow', uuid)).action(
  (id: string, options: WorkflowOptions) =>
    withReferenceData((reference) => reference.changeWorkflow(id, assigned(options))).then(done(`Changed ${id}.`)),
);

runCommand(() => program.parseAsync());
