/** The register pages: each has a list, fields and two mutations. */
import * as t from '#text/admin';
import * as common from '#text/common';
import { capital, nouns, roleNames } from '#text/words';
import { titleOf } from '../../../../src/versioning/titles';
import {
  AssignmentsDocument,
  AssignPeopleDocument,
  CreateCycleDocument,
  CreateLobDocument,
  CreateReportDocument,
  CreateUserDocument,
  CyclesDocument,
  LobsDocument,
  OpenWorkflowDocument,
  PeopleDocument,
  ReportsDocument,
  UpdateCycleDocument,
  UpdateLobDocument,
  UpdateReportDocument,
  UpdateUserDocument,
  type UserRole,
} from '../../generated/graphql';
import { register, type Choice, type Field } from './register';

interface Named {
  userId: number;
  name: string;
}
const person = (of: Named): Choice => ({ id: of.userId, name: of.name });
const personOrNone = (of: Named | null | undefined): Choice | null => (of ? person(of) : null);
const role = (of: UserRole): Choice => ({ id: of, name: capital(roleNames[of]) });
const word = (of: string): Choice => ({ id: of, name: titleOf(of) });

const people = register({
  title: t.people,
  one: nouns.person[0],
  add: t.addAPerson,
  search: t.nameOrNumber,
  tables: ['users', 'user_roles'],
  list: PeopleDocument,
  id: 'userId',
  create: CreateUserDocument,
  update: UpdateUserDocument,
  hasInactive: true,
  fields: [
    { name: 'userId', title: t.number, kind: 'number', isRequired: true, only: 'create', note: t.theBanksOwn },
    { name: 'name', title: t.name, kind: 'text', isRequired: true },
    {
      name: 'roles',
      title: t.roles,
      kind: 'set',
      options: (Object.keys(roleNames) as UserRole[]).map(role),
      takesReason: 'always',
    },
    {
      name: 'isActive',
      title: t.maySignIn,
      kind: 'flag',
      only: 'change',
      takesReason: 'always',
      note: t.peopleWhoMayNotSign,
    },
  ],
  row: ({ userId, name, roles, isActive, revision }) => ({
    id: userId,
    name,
    revision,
    values: { userId: String(userId), name, roles: roles.map(role), isActive },
  }),
});

const lobs = register({
  title: t.linesOfBusiness,
  one: t.lineOfBusiness,
  add: t.addALineOfBusiness,
  search: t.name,
  tables: ['lobs'],
  list: LobsDocument,
  id: 'lobId',
  create: CreateLobDocument,
  update: UpdateLobDocument,
  fields: [{ name: 'name', title: t.name, kind: 'text', isRequired: true }],
  row: ({ lobId, name, revision }) => ({ id: lobId, name, revision, values: { name } }),
});

const cycles = register({
  title: t.cycles,
  one: nouns.cycle[0],
  add: t.addACycle,
  search: t.name,
  tables: ['cycles'],
  list: CyclesDocument,
  id: 'cycleId',
  create: CreateCycleDocument,
  update: UpdateCycleDocument,
  fields: [
    { name: 'name', title: t.name, kind: 'text', isRequired: true },
    { name: 'startDate', title: t.firstDay, kind: 'date' },
    { name: 'endDate', title: t.lastDay, kind: 'date' },
    {
      name: 'cycleStatus',
      title: t.status,
      kind: 'word',
      isRequired: true,
      options: ['PLANNED', 'ACTIVE', 'CLOSED'].map(word),
      takesReason: 'change',
      note: t.nothingNewCanBeginIn,
    },
  ],
  row: ({ cycleId, name, startDate, endDate, cycleStatus, revision }) => ({
    id: cycleId,
    name,
    revision,
    values: { name, startDate: startDate ?? null, endDate: endDate ?? null, cycleStatus },
  }),
});

const whoMayBe = (of: UserRole) => ({ register: people, filter: { roles: [of], isActive: true } });

const reports = register({
  title: t.reports,
  one: nouns.report[0],
  add: t.addAReport,
  search: t.nameOrNumber,
  tables: ['reports'],
  list: ReportsDocument,
  id: 'reportId',
  create: CreateReportDocument,
  update: UpdateReportDocument,
  fields: [
    { name: 'name', title: t.name, kind: 'text', isRequired: true },
    { name: 'number', title: t.number, kind: 'text', isRequired: true },
    { name: 'lobId', title: common.lineOfBusiness, kind: 'one', from: { register: lobs } },
    {
      name: 'ownerId',
      title: t.whoAnswersForIt,
      kind: 'one',
      from: whoMayBe('REPORT_OWNER'),
      takesReason: 'always',
    },
  ],
  row: ({ reportId, name, number, lob, owner, revision }) => ({
    id: reportId,
    name,
    revision,
    values: { name, number, lobId: lob ? { id: lob.lobId, name: lob.name } : null, ownerId: personOrNone(owner) },
  }),
});

const named: readonly Field[] = [
  { name: 'testerIds', title: t.testers, kind: 'many', from: whoMayBe('TESTER'), takesReason: 'always' },
  {
    name: 'testLeadId',
    title: t.testLead,
    kind: 'one',
    from: whoMayBe('TESTER'),
    takesReason: 'always',
    note: t.signsForTheTestTeam,
  },
  {
    name: 'reportOwnerId',
    title: common.reportOwner,
    kind: 'one',
    from: whoMayBe('REPORT_OWNER'),
    takesReason: 'always',
    note: t.decidesForTheReport,
  },
  {
    name: 'testExecutiveId',
    title: t.testExecutive,
    kind: 'one',
    from: whoMayBe('TEST_EXECUTIVE'),
    takesReason: 'always',
    note: t.approvesTheTestReport,
  },
];

const workflows = register({
  title: common.workflows,
  one: nouns.workflow[0],
  add: t.openAWorkflow,
  search: t.reportOrCycle,
  tables: ['workflows', 'workflow_testers'],
  list: AssignmentsDocument,
  id: 'workflowId',
  create: OpenWorkflowDocument,
  update: AssignPeopleDocument,
  fields: [
    {
      name: 'reportId',
      title: common.report,
      kind: 'one',
      from: { register: reports },
      isRequired: true,
      only: 'create',
    },
    { name: 'cycleId', title: common.cycle, kind: 'one', from: { register: cycles }, isRequired: true, only: 'create' },
    ...named,
  ],
  row: ({ workflowId, report, cycle, testers, testLead, reportOwner, testExecutive, revision }) => ({
    id: workflowId,
    name: report.name,
    revision,
    workflow: { cycleId: cycle.cycleId, reportId: report.reportId },
    values: {
      reportId: { id: report.reportId, name: report.name },
      cycleId: { id: cycle.cycleId, name: cycle.name },
      testerIds: testers.map(person),
      testLeadId: personOrNone(testLead),
      reportOwnerId: personOrNone(reportOwner),
      testExecutiveId: personOrNone(testExecutive),
    },
  }),
});

export const registers = { people, lobs, cycles, reports, workflows };
