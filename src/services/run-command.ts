/**
 * The mutations of audit-only phases, all through one door: a command starts a record, makes its next version, or both
 * (a transfer), in one commit. What is recorded is in force at once and closes what was in force before.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '../database/database';
import { factsForCreating } from '../database/facts';
import { lobsById, usersById } from '../database/people';
import { closeRecorded, insertContent, insertRecorded, type RecordedBy } from '../database/version-writes';
import { currentByRecord, replacedRecords, versionsById } from '../database/versions';
import { badInput, DomainError, notTheLatest } from '../versioning/errors';
import { columnFields, contentFields } from '../versioning/fields';
import type { JsonObject, VersionHeader } from '../versioning/model';
import type { AuditOnlyPhase, CommandDeclaration } from '../versioning/phase';
import { unfitness } from '../versioning/fitness';
import { demandText } from '../versioning/reasons';
import { someone } from '../versioning/rules';
import { demandCreation } from '../versioning/policy';
import { changeRecord, type VersionCommand } from './change-version';
import { commit, newVersionId, type Caller, type Command, type Commit, type Committed } from './commit';
import { visibleWorkflow } from './find-workflow';
import { contentFrom, demandTexts } from './phase-input';

export type StartInput = Command & { readonly cycleId: string; readonly reportId: string };
export type CommandInput = StartInput | VersionCommand;

/** Runs a phase's own mutation by its name. */
export function runCommand(
  caller: Caller,
  phase: AuditOnlyPhase,
  name: string,
  input: CommandInput,
): Promise<Committed> {
  const command = phase.commands[name]!;
  return 'versionId' in input
    ? changeByCommand(caller, phase, name, command, input)
    : startByCommand(caller, phase, name, command, input);
}

function startByCommand(
  caller: Caller,
  phase: AuditOnlyPhase,
  name: string,
  command: CommandDeclaration,
  input: StartInput,
): Promise<Committed> {
  return commit(
    caller,
    name,
    input,
    (tx, viewer) => visibleWorkflow(tx, input, viewer),
    async (made, { streamId, standing }) => {
      const { tx, now, viewer } = made;
      demandCreation(await factsForCreating(tx, streamId, { phase, viewer, standing }));
      const given = await checkedInput(tx, phase, command, input, streamId);
      const deed = { ...actOf(made, input), input: given, before: {}, parent: '', next: '' };
      return record(tx, caller, phase, command, {
        streamId,
        cycleId: input.cycleId,
        reportId: input.reportId,
        now,
        content: command.start!(deed),
        said: saidWith(phase, deed),
      });
    },
  );
}

const changeByCommand = (
  caller: Caller,
  phase: AuditOnlyPhase,
  name: string,
  command: CommandDeclaration,
  input: VersionCommand,
): Promise<Committed> =>
  changeRecord(
    caller,
    name,
    (found) => {
      if (found.key !== phase.key)
        throw badInput(`${name} takes a version of ${phase.title}; this is one of ${found.title}.`, {
          argument: 'versionId',
        });
      return command.action!;
    },
    input,
    async (change) => {
      const { tx, now, version, facts } = change;
      const before = facts.content;
      const given = await checkedInput(tx, phase, command, input, version.streamId);
      const next = newVersionId(caller, phase.key);
      const deed = { ...actOf(change, input), input: given, before, parent: version.versionId, next };
      const made = { ...version, now, said: saidWith(phase, deed) };
      if (!(await closeRecorded(tx, version.versionId, now)))
        throw new DomainError('CONFLICT', 'The record has just been changed. Read it again, then repeat.');
      await record(tx, caller, phase, command, {
        ...made,
        versionId: next,
        parent: version,
        content: command.next!(deed),
      });
      return command.start
        ? record(tx, caller, phase, command, { ...made, versionId: undefined, content: command.start(deed) })
        : next;
    },
  );

/** What content may know of who acts: instants as texts, as content holds them. */
const actOf = ({ viewer, now }: Commit, { reason }: Command) => ({
  actor: viewer.userId,
  reason: reason?.trim() || null,
  now: now.toISOString(),
});

/** The values of the change fields: the command's reason, or its input of the same name. */
function saidWith(
  { version: { fields } }: AuditOnlyPhase,
  { input, reason }: { input: JsonObject; reason: string | null },
): JsonObject {
  return Object.fromEntries(
    columnFields(fields).flatMap(([name, field]) =>
      field.source === 'change' ? [[name, field.isReason ? reason : (input[name] ?? null)]] : [],
    ),
  );
}

interface ToRecord {
  readonly versionId?: string;
  readonly streamId: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly now: Date;
  readonly content: JsonObject;
  readonly said: JsonObject;
  /** The version that this one follows; left out where it starts a record. */
  readonly parent?: VersionHeader;
}

/** Writes one version of a record, in force from now on; returns its id. */
async function record(
  tx: Db,
  caller: Caller,
  phase: AuditOnlyPhase,
  { marks }: CommandDeclaration,
  { parent, streamId, cycleId, reportId, now, content, said, versionId = newVersionId(caller, phase.key) }: ToRecord,
): Promise<string> {
  const actor = caller.viewer.userId;
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
  // Whatever a command makes of its input.
  demandTexts(phase.version.fields, content, ({ required }) => required);
  await insertRecorded(tx, phase, version, by, content);
  await insertContent(tx, phase, version, { ...content, ...said });
  return versionId;
}

/** The command's own input in its stored form: complete, not blank, and pointing only at what is there to point at. */
async function checkedInput(
  tx: Db,
  phase: AuditOnlyPhase,
  command: CommandDeclaration,
  input: CommandInput,
  streamId: string,
): Promise<JsonObject> {
  if (command.needsReason) demandText('This needs a reason: say why in `reason`.', 'reason', input.reason);
  const given = contentFrom(command.input, input as object as JsonObject, 'Input');
  for (const [name, { kind, takes }] of contentFields(command.input)) {
    const value = given[name] ?? null;
    if (value === null) continue;
    if (kind === 'user') {
      const [person] = await usersById(tx, [value as number]);
      const unfit = unfitness(person, takes);
      if (unfit)
        throw badInput(
          `${name} ${value as number} cannot be named here: ${unfit} Name somebody active${takes ? ` who is a ${someone(takes)}` : ''}.`,
          {
            argument: name,
          },
        );
    }
    if (kind === 'lob' && (await lobsById(tx, [value as string])).length === 0)
      throw badInput(`${name} ${value as string} is not a line of business.`, { argument: name });
    if (kind === 'version') await demandReplaceable(tx, phase, name, value as string, streamId);
  }
  return given;
}

/** Only the latest version of a record of the same phase and workflow is replaced, and only once. */
async function demandReplaceable(
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
