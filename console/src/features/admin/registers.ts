/** The register pages: each has a list, fields and two mutations. */
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
import { capital, roleNames } from '#text/words';
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
  title: 'People',
  one: 'person',
  add: 'Add a person',
  search: 'Name or number',
  tables: ['users', 'user_roles'],
  list: PeopleDocument,
  id: 'userId',
  create: CreateUserDocument,
  update: UpdateUserDocument,
  hasInactive: true,
  fields: [
    { name: 'userId', title: 'Number', kind: 'number', isRequired: true, only: 'create', note: 'The bank’s own.' },
    { name: 'name', title: 'Name', kind: 'text', isRequired: true },
    {
      name: 'roles',
      title: 'Roles',
      kind: 'set',
      options: (Object.keys(roleNames) as UserRole[]).map(role),
      takesReason: 'always',
    },
    {
      name: 'isActive',
      title: 'May sign in',
      kind: 'flag',
      only: 'change',
      takesReason: 'always',
      note: 'People who may not sign in keep their past actions under their name.',
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
  title: 'Lines of business',
  one: 'line of business',
  add: 'Add a line of business',
  search: 'Name',
  tables: ['lobs'],
  list: LobsDocument,
  id: 'lobId',
  create: CreateLobDocument,
  update: UpdateLobDocument,
  fields: [{ name: 'name', title: 'Name', kind: 'text', isRequired: true }],
  row: ({ lobId, name, revision }) => ({ id: lobId, name, revision, values: { name } }),
});

const cycles = register({
  title: 'Cycles',
  one: 'cycle',
  add: 'Add a cycle',
  search: 'Name',
  tables: ['cycles'],
  list: CyclesDocument,
  id: 'cycleId',
  create: CreateCycleDocument,
  update: UpdateCycleDocument,
  fields: [
    { name: 'name', title: 'Name', kind: 'text', isRequired: true },
    { name: 'startDate', title: 'First day', kind: 'date' },
    { name: 'endDate', title: 'Last day', kind: 'date' },
    {
      name: 'cycleStatus',
      title: 'Status',
      kind: 'word',
      isRequired: true,
      options: ['PLANNED', 'ACTIVE', 'CLOSED'].map(word),
      takesReason: 'change',
      note: 'Nothing new can begin in a closed cycle.',
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
  title: 'Reports',
  one: 'report',
  add: 'Add a report',
  search: 'Name or number',
  tables: ['reports'],
  list: ReportsDocument,
  id: 'reportId',
  create: CreateReportDocument,
  update: UpdateReportDocument,
  fields: [
    { name: 'name', title: 'Name', kind: 'text', isRequired: true },
    { name: 'number', title: 'Number', kind: 'text', isRequired: true },
    { name: 'lobId', title: 'Line of business', kind: 'one', from: { register: lobs } },
    {
      name: 'ownerId',
      title: 'Who answers for it',
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
  { name: 'testerIds', title: 'Testers', kind: 'many', from: whoMayBe('TESTER'), takesReason: 'always' },
  {
    name: 'testLeadId',
    title: 'Test lead',
    kind: 'one',
    from: whoMayBe('TESTER'),
    takesReason: 'always',
    note: 'Signs for the test team.',
  },
  {
    name: 'reportOwnerId',
    title: 'Report owner',
    kind: 'one',
    from: whoMayBe('REPORT_OWNER'),
    takesReason: 'always',
    note: 'Decides for the report.',
  },
  {
    name: 'testExecutiveId',
    title: 'Test executive',
    kind: 'one',
    from: whoMayBe('TEST_EXECUTIVE'),
    takesReason: 'always',
    note: 'Approves the test report.',
  },
];

const workflows = register({
  title: 'Workflows',
  one: 'workflow',
  add: 'Open a workflow',
  search: 'Report or cycle',
  tables: ['workflows', 'workflow_testers'],
  list: AssignmentsDocument,
  id: 'workflowId',
  create: OpenWorkflowDocument,
  update: AssignPeopleDocument,
  fields: [
    { name: 'reportId', title: 'Report', kind: 'one', from: { register: reports }, isRequired: true, only: 'create' },
    { name: 'cycleId', title: 'Cycle', kind: 'one', from: { register: cycles }, isRequired: true, only: 'create' },
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
