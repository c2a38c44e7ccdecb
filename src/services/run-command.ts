/**
 * All mutations of audit-only phases: a command starts a record, creates its next version, or both (a transfer), in one commit. A recorded
 * version is in force at once and closes the previous one.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '../database/connection/database';
import { readMissingPrerequisites } from '../database/versions/facts';
import { assignmentsOf, lobsById, usersById } from '../database/register/people';
import { closeRecorded, insertContent, insertRecorded, type RecordedBy } from '../database/versions/version-writes';
import { currentByRecord, replacedRecords, versionsById } from '../database/versions/versions';
import { badInput, DomainError, notTheLatest } from '../versioning/errors';
import { actsAs } from '../versioning/acting';
import { columnFields, contentFields, type StoredField } from '../versioning/fields';
import type { JsonObject, VersionHeader, Viewer } from '../versioning/model';
import type { AuditOnlyPhase, CommandDeclaration, CommandContext } from '../versioning/phase';
import { unfitness } from '../versioning/fitness';
import { requireText } from '../versioning/reasons';
import { someone } from '../versioning/roles';
import { requireCreatable } from '../versioning/policy';
import { changeRecord, type VersionCommand } from './change-version';
import { inFlight } from '../in-flight';
import {
  commit,
  newVersionId,
  type Caller,
  type Command,
  type Committed,
  type OpenCommit,
  type Written,
} from './commit';
import { visibleWorkflow, workflowNamed } from './find-workflow';
import { contentFrom, requireTexts } from './phase-input';

export type StartInput = Command & { readonly cycleId: string; readonly reportId: string };
export type CommandInput = StartInput | VersionCommand;

/** What every command has. */
interface Run extends OpenCommit {
  readonly caller: Caller;
  readonly phase: AuditOnlyPhase;
  readonly command: CommandDeclaration;
  readonly input: CommandInput;
}

/** Runs a phase's own mutation by name. */
export const runCommand = (
  caller: Caller,
  phase: AuditOnlyPhase,
  name: string,
  input: CommandInput,
): Promise<Committed> =>
  'versionId' in input ? changeByCommand(phase, name)(caller, input) : startByCommand(caller, phase, name, input);

function startByCommand(caller: Caller, phase: AuditOnlyPhase, name: string, input: StartInput): Promise<Committed> {
  const command = phase.commands[name]!;
  return commit(caller, name, input, {
    about: workflowNamed(input),
    find: (db, asking) => visibleWorkflow(db, input, caller, asking),
    readFacts: (tx, { streamId }) => readMissingPrerequisites(tx, streamId, phase),
    work: async (made, { streamId, assignment }, looking) => {
      requireCreatable({ phase, viewer: made.viewer, assignment, missingPrerequisites: await looking });
      const run = { ...made, caller, phase, command, input };
      const context = contextOf(run, await checkedInput(run, streamId), { before: {}, parent: '', next: '' });
      const { cycleId, reportId } = input;
      return record(run, context, command.start!(context), { streamId, cycleId, reportId });
    },
  });
}

function changeByCommand(phase: AuditOnlyPhase, name: string) {
  const command = phase.commands[name]!;
  return changeRecord<VersionCommand>(
    name,
    (found) => {
      if (found.key !== phase.key)
        throw badInput(`${name} takes a version of ${phase.title}; this is one of ${found.title}.`, {
          argument: 'versionId',
        });
      return command.action!;
    },
    {
      work: async (change) => {
        const { caller, tx, now, version, facts } = change;
        const run = { ...change, command };
        const input = await checkedInput(run, version.streamId);
        const versionId = newVersionId(caller, phase.key);
        const context = contextOf(run, input, { before: facts.content, parent: version.versionId, next: versionId });
        closeRecorded(tx, version.versionId, now);
        const next = record(run, context, command.next!(context), version, { versionId, parent: version });
        if (!command.start) return next;
        void inFlight(next.version);
        return record(run, context, command.start(context), version);
      },
    },
  );
}

/** The context from which a command builds content; instants are texts, as in content. */
const contextOf = (
  { viewer, input, now }: Run,
  checked: JsonObject,
  actedOn: Pick<CommandContext, 'before' | 'parent' | 'next'>,
): CommandContext => ({
  ...actedOn,
  input: checked,
  actor: viewer.userId,
  reason: input.reason?.trim() || null,
  now: now.toISOString(),
});

/** The values of the change fields: the command's reason, or its input of the same name. */
function changeFieldsOf({ version: { fields } }: AuditOnlyPhase, { input, reason }: CommandContext): JsonObject {
  return Object.fromEntries(
    columnFields(fields).flatMap(([name, field]) =>
      field.source === 'change' ? [[name, field.isReason ? reason : (input[name] ?? null)]] : [],
    ),
  );
}

/**
 * Writes one version of a record, in force from now on.
 * @param parent the version that this one follows; omitted if it starts a record
 */
function record(
  { tx, caller, viewer: { userId: actor }, now, phase, command: { marks } }: Run,
  context: CommandContext,
  content: JsonObject,
  { streamId, cycleId, reportId }: Pick<VersionHeader, 'streamId' | 'cycleId' | 'reportId'>,
  { parent, versionId = newVersionId(caller, phase.key) }: { parent?: VersionHeader; versionId?: string } = {},
): Written {
  const submitted =
    marks === 'SUBMITTED' ? { at: now, by: actor } : { at: parent?.submittedAt, by: parent?.submittedBy };
  const by: RecordedBy = {
    submittedAt: submitted.at ?? null,
    submittedBy: submitted.by ?? null,
    reviewedAt: marks === 'REVIEWED' ? now : null,
    reviewedBy: marks === 'REVIEWED' ? actor : null,
  };
  const version = {
    versionId,
    streamId,
    cycleId,
    reportId,
    createdBy: actor,
    createdAt: now,
    masterRecordId: parent?.masterRecordId ?? uuidv7({ msecs: now.getTime() }),
    parentVersionId: parent?.versionId ?? null,
    baseVersionId: parent?.versionId ?? null,
  };
  // Checked here, since a command may derive texts from its input.
  requireTexts(phase.version.fields, content, ({ required }) => required);
  const inserted = insertRecorded(tx, phase, version, by, content);
  insertContent(tx, phase, version, { ...content, ...changeFieldsOf(phase, context) });
  return { versionId, version: inserted };
}

/** The command's input in its stored form: complete, not blank, and referring only to things that exist. */
async function checkedInput({ tx, phase, command, input }: Run, streamId: string): Promise<JsonObject> {
  if (command.needsReason) requireText('This needs a reason: say why in `reason`.', 'reason', input.reason);
  const given = contentFrom(command.input, input as object as JsonObject, 'Input');
  for (const [name, field] of contentFields(command.input)) {
    const { kind } = field;
    const value = given[name] ?? null;
    if (value === null) continue;
    if (kind === 'user') await requireFit(tx, phase, [name, field], value as number, streamId);
    if (kind === 'lob' && (await lobsById(tx, [value as string])).length === 0)
      throw badInput(`${name} ${value as string} is not a line of business.`, { argument: name });
    if (kind === 'version') await requireReplaceable(tx, phase, name, value as string, streamId);
  }
  return given;
}

/** Requires a person who can hold the position, and, if it demands that, is assigned to this workflow. */
async function requireFit(
  tx: Db,
  phase: AuditOnlyPhase,
  [name, { takes, actsHere }]: readonly [name: string, field: StoredField],
  userId: number,
  streamId: string,
): Promise<void> {
  const [person] = await usersById(tx, [userId]);
  const unfit = unfitness(person, takes) ?? (actsHere ? await unassigned(tx, phase, person!, streamId) : null);
  if (unfit)
    throw badInput(
      `${name} ${userId} cannot be named here: ${unfit} Name somebody active${takes ? ` who is a ${someone(takes)}` : ''}${actsHere ? ' of this workflow' : ''}.`,
      { argument: name },
    );
}

/** Why a person may not change records of a phase in a workflow, as a sentence; null if they may. */
async function unassigned(tx: Db, phase: AuditOnlyPhase, viewer: Viewer, streamId: string): Promise<string | null> {
  const assignment = (await assignmentsOf(tx, [streamId], viewer.userId)).get(streamId)!;
  return actsAs(phase.preparedBy, { phase, viewer, assignment })
    ? null
    : `${viewer.name} is not assigned to this workflow as one.`;
}

/** Only the latest version of a record of the same phase and workflow can be replaced, and only once. */
async function requireReplaceable(
  tx: Db,
  phase: AuditOnlyPhase,
  argument: string,
  versionId: string,
  streamId: string,
): Promise<void> {
  const [version] = await versionsById(tx, [versionId]);
  if (version?.streamId !== streamId || version.phase !== phase.key)
    throw badInput(`${argument} ${versionId} is not a version of ${phase.title} in this workflow.`, { argument });
  if (version.status !== 'RECORDED') {
    const [latest] = await currentByRecord(tx, [version.masterRecordId]);
    throw notTheLatest(version.versionNumber, latest!);
  }
  if ((await replacedRecords(tx, phase, [version.masterRecordId])).has(version.masterRecordId))
    throw new DomainError('CONFLICT', 'Another record took the place of that one already. Name the one that did.');
}
