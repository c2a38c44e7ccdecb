import { badInput } from '../../src/versioning/errors';
import {
  entry,
  history,
  hoursBetween,
  instant,
  isLatestBy,
  json,
  lob,
  reasonOfChange,
  requiredInstant,
  requiredText,
  requiredUser,
  givenWithChange,
  text,
  user,
  version,
} from '../../src/versioning/fields';
import { command, definePhase } from '../../src/versioning/phase';

// The content of a record, and what is read from it. Fields that point at something end in Id; the API shows the thing
// itself, without the ending (`ownerId` → `owner`).
const fields = {
  subject: requiredText('Subject'),
  ownerId: requiredUser('Owner'), // a person
  areaId: lob('Area'), // a line of business
  openedAt: requiredInstant('Opened at'),
  closedAt: instant('Closed at'),
  closedById: user('Closed by', { isActor: true }), // whoever made the change that sets it
  replacesId: version('The version of another record whose place this one took'),
  hoursOpen: hoursBetween('Hours it was open', 'openedAt', 'closedAt'),
  isCurrent: isLatestBy('Whether it is its record’s latest, and no other took its place', 'replacesId'),
  // About the change that made a version, not about the record: neither content nor carried on. `mood` is the command's
  // input of the same name, `why` its reason.
  mood: givenWithChange('text', 'Mood'),
  details: givenWithChange('json', 'Details'),
  why: reasonOfChange('Why'),
  // Read from consecutive versions: the type of an entry, its fields, and (last) which changes are entries.
  closings: history(
    'When it was closed',
    'ExampleClosing',
    {
      closedBy: entry('user', 'Who closed it', ({ by }) => by),
      before: entry('json', 'What it was before', ({ before }) => before, { required: false }),
      mood: entry('text', 'Mood', ({ changeFields }) => changeFields.mood!, { required: false }),
    },
    ({ after }) => after.closedAt !== null,
  ),
};

/**
 * An audit-only phase that nobody registers: every property of its declaration is here and explained. A workflow has any
 * number of its records; every change of one is its next version, in force at once.
 */
export const recorded = definePhase({
  key: 'RECORDED_EXAMPLE',
  title: 'Recorded Example',
  versioning: 'AUDIT_ONLY',
  // Who starts and changes records, with the role and an assignment to the workflow.
  preparedBy: ['TESTER', 'DATA_OWNER'],
  prerequisites: ['PLANNING'],
  version: { type: 'ExampleRecord', table: 'example_records', fields },
  // Which records wait for somebody: the phase is AWAITING_APPROVAL while there is one.
  waits: { field: 'closedAt', value: null },
  // Whether everybody who owns data is expected to start one: it is on their work list until they have.
  expectedOfOwners: true,
  // The field by which a record says that it took the place of another; that one cannot be acted on any more.
  replaces: 'replacesId',
  // Only where records say who owns data of the workflow, and so may act as DATA_OWNER: owner, line of business, and valid time.
  ownership: { owner: 'ownerId', lob: 'areaId', from: 'openedAt', to: 'closedAt' },
  // The phase's own mutations. One without an action starts a record in a workflow; the others take its latest version.
  commands: {
    openExample: command(fields, {
      inputType: 'OpenExampleInput',
      description: 'Opens one. This is the sentence in the manual.',
      // Besides what all mutations take (the workflow or the version, reason, idempotencyKey). Whatever points at people, lines
      // of business or versions is checked to be there.
      input: { subject: requiredText('Subject'), replacesId: version('What it replaces'), mood: text('Mood') },
      // Whoever does it is named as the one who submitted the record (or REVIEWED it: the next version says so).
      marks: 'SUBMITTED',
      // The content of the new record. `now` is the commit's stamp, as text.
      start: ({ input: { subject, replacesId }, actor, now }) => ({
        subject,
        ownerId: actor,
        areaId: null,
        openedAt: now,
        closedAt: null,
        closedById: null,
        replacesId,
      }),
    }),
    closeExample: command(fields, {
      inputType: 'CloseExampleInput',
      description: 'Closes one.',
      input: { mood: text('Mood'), details: json('Details') },
      needsReason: true,
      // The verb that is offered as an available action, in enum VersionAction; phases may share one.
      action: 'CLOSE',
      // What the metrics count it as: REASSIGNMENT or REVISION; left out where they do not.
      counts: 'REVISION',
      // Who may do it, if not those who prepare the phase.
      by: ['TESTER'],
      // True where it judges what others did: then not for who submitted or last changed the record.
      isReview: true,
      // Where the record must stand to take it, and what is said of one that does not, as the end of a sentence.
      takes: { field: 'closedAt', value: null, otherwise: 'it is closed' },
      // Of whom it is expected, and the sentence that says why: of the one who handed the record in, or of OTHERS than those who
      // worked on it. `while` says where the record stands then, if that is not where it must stand to take it.
      awaited: { of: 'OTHERS', because: 'It is open.', while: { field: 'closedAt', values: [null] } },
      // The content of the record's next version. Wrong input is refused with badInput. A command may have `start` as well: then
      // it also starts another record in the same commit, which may point at the one that `next` made.
      next({ before, actor, now }) {
        if (before.subject === '-') throw badInput('Something without a subject cannot be closed.');
        return { ...before, closedAt: now, closedById: actor };
      },
    }),
  },
});
