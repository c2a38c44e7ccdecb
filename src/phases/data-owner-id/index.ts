import { badInput } from '../../versioning/errors';
import {
  entry,
  history,
  instant,
  json,
  lob,
  reasonOfChange,
  requiredEnumeration,
  requiredInstant,
  requiredText,
  requiredUser,
  givenWithChange,
  version,
} from '../../versioning/fields';
import { positions } from '../../versioning/fitness';
import { command, definePhase } from '../../versioning/phase';

/** The kinds of data owners. */
const kindsOfOwners = ['PRIMARY', 'SECONDARY', 'BACKUP', 'DEPUTY', 'DELEGATE', 'STEWARD'];

const fields = {
  dataOwnerId: requiredUser('Data owner'),
  lobId: lob('Line of business', { description: 'The line of business whose data it is; null for the whole report.' }),
  assignmentType: requiredText('Assignment type', {
    description:
      'The kind of owner, e.g. PRIMARY or BACKUP. A line of business has one PRIMARY owner at a time, and so has the whole report.',
    suggestions: kindsOfOwners,
  }),
  assignmentStatus: requiredEnumeration('Assignment status', 'AssignmentStatus', ['ACTIVE', 'INACTIVE', 'TRANSFERRED']),
  validFrom: requiredInstant('Valid from', {
    description: 'Valid time: when the assignment begins in the business, regardless of when it was recorded.',
  }),
  validTo: instant('Valid to', { description: 'Valid time: when it ends, exclusive; null while open-ended.' }),
  previousAssignmentId: version('Previous assignment', {
    description: 'The assignment that this one was transferred from, as the transfer left it.',
  }),
  changeReason: reasonOfChange('Reason for the change'),
  changeMetadata: givenWithChange('json', 'Change metadata', { description: 'Further information about the change.' }),
  changeHistory: history('Changes up to this version, oldest first', 'DataOwnerChange', {
    historyId: entry('uuid', 'Resulting version', ({ versionId }) => versionId),
    changeType: entry('text', 'ASSIGNED, TRANSFERRED or DEACTIVATED', ({ before, after }) =>
      before ? (after.assignmentStatus === 'INACTIVE' ? 'DEACTIVATED' : 'TRANSFERRED') : 'ASSIGNED',
    ),
    changedBy: entry('user', 'Changed by', ({ by }) => by),
    changedAt: entry('instant', 'Recorded at', ({ at }) => at),
    previousState: entry('json', 'The assignment before; null for the first', ({ before }) => before, {
      required: false,
    }),
    newState: entry('json', 'The assignment after', ({ after }) => after),
    changeMetadata: entry(
      'json',
      'Further information about the change',
      ({ changeFields }) => changeFields.changeMetadata!,
      {
        required: false,
      },
    ),
  }),
};

const active = { field: 'assignmentStatus', value: 'ACTIVE' } as const;

const metadata = json('Change metadata', {
  description: 'Further information about the change; any JSON object.',
});

/** The end of an assignment: as requested, or now, but always within its period. */
function endOf(
  { validFrom, validTo }: { validFrom: string; validTo: string | null },
  asked: string | null,
  now: string,
) {
  const end = asked ?? [validFrom, now].sort()[1]!;
  if (end < validFrom)
    throw badInput(`The assignment holds from ${validFrom} only; end it then or later, not at ${end}.`);
  if (validTo === null || end <= validTo) return end;
  if (asked) throw badInput(`The assignment ends at ${validTo} already; end it then or earlier, not at ${end}.`);
  return validTo;
}

/** Phase 5: who owns which data, and since when. Every change is recorded at once; transferring links old and new. */
export const dataOwnerId = definePhase({
  key: 'DATA_OWNER_ID',
  title: 'Data Owner ID',
  versioning: 'AUDIT_ONLY',
  preparedBy: ['DATA_EXECUTIVE', 'TESTER'],
  prerequisites: ['SAMPLE_SELECTION'],
  version: { type: 'DataOwnerAssignment', table: 'data_owner_assignments', fields },
  ownership: { owner: 'dataOwnerId', lob: 'lobId', from: 'validFrom', to: 'validTo' },
  commands: {
    assignDataOwner: command(fields, {
      inputType: 'AssignDataOwnerInput',
      description: 'Records who owns the data of a line of business, or of the whole report.',
      input: {
        dataOwnerId: requiredUser('Data owner', {
          description: 'The data owner (userId): an active Data Owner, or a Data Executive until there is one.',
          takes: positions.DATA_OWNER.takes,
        }),
        lobId: lob('Line of business', {
          description: 'The line of business; left out for the whole report.',
        }),
        assignmentType: requiredText('Kind of owner', {
          description: `What kind of owner: one of ${kindsOfOwners.join(', ')}.`,
          suggestions: kindsOfOwners,
          onlySuggested: true,
        }),
        validFrom: instant('Holds from', { description: 'The start of its validity; now if omitted.' }),
        validTo: instant('Holds until', {
          description: 'The end of its validity, exclusive; open-ended if omitted.',
        }),
        changeMetadata: metadata,
      },
      start({ input: { dataOwnerId: owner, lobId, assignmentType, validFrom, validTo }, now }) {
        const from = validFrom ?? now;
        if (validTo !== null && validTo <= from)
          throw badInput(`An assignment that holds from ${from} cannot end at ${validTo}. Give a later \`validTo\`.`);
        return {
          dataOwnerId: owner,
          lobId,
          assignmentType,
          assignmentStatus: 'ACTIVE' as const,
          validFrom: from,
          validTo,
          previousAssignmentId: null,
        };
      },
    }),
    transferDataOwner: command(fields, {
      inputType: 'TransferDataOwnerInput',
      description:
        'Transfers an assignment to another person: ends it at `validFrom` and starts a new one there, in one commit. Returns the new assignment.',
      input: {
        toUserId: requiredUser('New data owner', {
          description: 'The new data owner (userId), with the same requirements as the previous one.',
          takes: positions.DATA_OWNER.takes,
        }),
        validFrom: instant('Holds from', { description: 'When the new owner takes over; now if omitted.' }),
        changeMetadata: metadata,
      },
      needsReason: true,
      action: 'TRANSFER',
      counts: 'REASSIGNMENT',
      takes: { ...active, otherwise: 'only an active assignment is transferred' },
      next: ({ before, input, now }) => ({
        ...before,
        assignmentStatus: 'TRANSFERRED',
        validTo: endOf(before, input.validFrom, now),
      }),
      start({ before, input, now, next }) {
        const validFrom = endOf(before, input.validFrom, now);
        if (validFrom === before.validTo)
          throw badInput(`The assignment ends at ${validFrom}, so nothing is left to transfer.`);
        if (input.toUserId === before.dataOwnerId)
          throw badInput('The assignment is that person’s already. Name another in `toUserId`.');
        return { ...before, dataOwnerId: input.toUserId, validFrom, previousAssignmentId: next };
      },
    }),
    deactivateDataOwner: command(fields, {
      inputType: 'DeactivateDataOwnerInput',
      description: 'Ends an assignment without a successor.',
      input: {
        validTo: instant('Ends at', { description: 'When it ends, exclusive; now if omitted.' }),
        changeMetadata: metadata,
      },
      needsReason: true,
      action: 'DEACTIVATE',
      takes: { ...active, otherwise: 'only an active assignment is deactivated' },
      next: ({ before, input, now }) => ({
        ...before,
        assignmentStatus: 'INACTIVE',
        validTo: endOf(before, input.validTo, now),
      }),
    }),
  },
});
