/** The console's words for the domain. Sentences about rules come from the API unchanged. */
import { kindsOfDocuments } from '../../../../src/phases/request-info/kinds';
import { kindsOfRequests } from '../../../../src/phases/test-execution/kinds';
import { titleAmong } from '../../../../src/versioning/titles';
import type { Phase, RecordNameFragment, UserRole } from '../../generated/graphql';

/** How this language orders words, and writes numbers, dates and lists. */
export const locale = 'en-GB';

export const phaseNames: Record<Phase, string> = {
  PLANNING: 'Planning',
  DATA_PROFILING: 'Data Profiling',
  SCOPING: 'Scoping',
  SAMPLE_SELECTION: 'Sample Selection',
  DATA_OWNER_ID: 'Data Owner ID',
  REQUEST_INFO: 'Request Info',
  TEST_EXECUTION: 'Test Execution',
  OBSERVATION_MANAGEMENT: 'Observation Management',
  FINALIZE_TEST_REPORT: 'Finalize Test Report',
};

/** The nouns for what is counted and listed, singular and plural. */
export const nouns = {
  commit: ['commit', 'commits'],
  cycle: ['cycle', 'cycles'],
  document: ['document', 'documents'],
  item: ['item', 'items'],
  owner: ['owner', 'owners'],
  person: ['person', 'people'],
  record: ['record', 'records'],
  report: ['report', 'reports'],
  request: ['request', 'requests'],
  row: ['row', 'rows'],
  version: ['version', 'versions'],
  workflow: ['workflow', 'workflows'],
} as const;
export type Noun = readonly [one: string, many: string];

/** What the records of audit-only phases are called. */
export const recordNames: Partial<Record<Phase, Noun>> = {
  DATA_OWNER_ID: nouns.owner,
  REQUEST_INFO: nouns.document,
  TEST_EXECUTION: nouns.request,
};

export const roleNames: Record<UserRole, string> = {
  ADMIN: 'administrator',
  AUDITOR: 'auditor',
  DATA_EXECUTIVE: 'data executive',
  DATA_OWNER: 'data owner',
  REPORT_OWNER: 'report owner',
  TESTER: 'tester',
  TEST_EXECUTIVE: 'test executive',
};
export const roleName = (role: string): string => roleNames[role as UserRole] ?? role;

const NBSP = '\u00a0';
interface Numbered {
  phase: Phase;
  versionNumber: number;
}
/** "Scoping 4"; for a record its kind: "a document". */
export function versionName({ phase, versionNumber }: Numbered): string {
  const [record] = recordNames[phase] ?? [];
  if (record) return `${/^[aeiou]/.test(record) ? 'an' : 'a'} ${record}`;
  return `${phaseNames[phase]}${NBSP}${versionNumber}`;
}
/** The name under which a document is known: its metadata is free, and calls it one of these. */
const namesOfDocuments = ['fileName', 'title', 'name'];
function documentName(metadata: unknown): string | undefined {
  const about = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  return namesOfDocuments
    .map((name) => about[name])
    .find((name): name is string => typeof name === 'string' && name.trim() !== '');
}
/** What a record is called among others: the document's name, what was requested, who owns what. Versions of other phases by their number. */
export function entryName(version: Numbered & (RecordNameFragment | object)): string {
  if ('documentMetadata' in version)
    return documentName(version.documentMetadata) ?? titleAmong(kindsOfDocuments, version.submissionType);
  if ('actionType' in version) return titleAmong(kindsOfRequests, version.actionType);
  if ('dataOwner' in version) return [version.lob?.name, version.dataOwner.name].filter(Boolean).join(': ');
  return capital(versionName(version));
}
export const versionTitle = ({ phase, versionNumber }: Numbered): string =>
  `${phaseNames[phase]}, version${NBSP}${versionNumber}`;

/** The nouns for what waits in phases that are recorded and not approved. */
const waiting: Partial<Record<Phase, string>> = {
  REQUEST_INFO: 'Awaiting review',
  TEST_EXECUTION: 'Awaiting an answer',
};
/** The word for a phase's state, if it differs from the common one. */
export const progressWord = (phase: Phase, progress: string): string | undefined =>
  progress === 'AWAITING_APPROVAL' ? waiting[phase] : undefined;

const acts: Record<string, string> = {
  createVersion: 'started',
  putItems: 'edited',
  removeItems: 'removed items from',
  updateVersion: 'edited',
  submitVersion: 'submitted',
  decideItems: 'decided items of',
  approveVersion: 'approved',
  rejectVersion: 'rejected',
  reviseVersion: 'revised',
  withdrawVersion: 'withdrew',
  restoreVersion: 'restored',
  deleteVersion: 'deleted',
  undeleteVersion: 'brought back',
  rebaseVersion: 'rebased',
  signOff: 'signed',
  delegateSignOff: 'delegated a signature on',
  assignDataOwner: 'assigned',
  transferDataOwner: 'transferred',
  deactivateDataOwner: 'ended',
  submitDocument: 'handed in',
  reviseDocument: 'replaced',
  reviewDocument: 'reviewed',
  requestTestAction: 'sent',
  respondToTestAction: 'answered',
  refreshMetrics: 'refreshed the figures',
  requestPack: 'requested the auditor’s pack',
};
/** The actions in a workflow, by their API names. */
export const operations = Object.keys(acts);
/** Past-tense verbs for the actions. */
export const act = (operation: string): string => acts[operation] ?? operation;

const registerActs: Record<string, string> = {
  createUser: 'added a person',
  updateUser: 'changed a person',
  createWebhook: 'added a receiver of commits',
  updateWebhook: 'changed a receiver of commits',
  rotateWebhookSecret: 'made a new secret for a receiver of commits',
  replayWebhook: 'delivered commits again',
  setNotificationRule: 'set a notification rule',
  removeNotificationRule: 'removed a notification rule',
  createLob: 'added a line of business',
  updateLob: 'changed a line of business',
  createCycle: 'added a cycle',
  updateCycle: 'changed a cycle',
  createReport: 'added a report',
  updateReport: 'changed a report',
  createWorkflow: 'opened a workflow',
  updateWorkflow: 'changed who works on a workflow',
};
/** The actions on the register, by their API names. */
export const registerOperations = Object.keys(registerActs);
/** Past-tense verbs for actions on the register; changes by other means are named by their origin. */
export const registerAct = (operation: string): string => registerActs[operation] ?? `recorded “${operation}”`;

/** A whole number with its digits in groups: "12,345". */
export const numeral = (n: number): string => n.toLocaleString(locale);
export const count = (n: number, one: string, many = `${one}s`): string => `${numeral(n)} ${n === 1 ? one : many}`;
export const allOf = (names: readonly string[]): string =>
  new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
/** Several acts on one thing, which is named after the last: "decided items and approved". */
export const allAbout = (acts: readonly string[]): string =>
  allOf(acts.map((one, index) => (index < acts.length - 1 ? one.replace(/ (of|from|on)$/, '') : one)));
export const anyOf = (names: readonly string[]): string =>
  new Intl.ListFormat(locale, { type: 'disjunction' }).format(names);
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
