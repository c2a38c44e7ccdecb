import {
  count,
  decidedAt,
  decidedBy,
  decisionNotes,
  decisionStatus,
  enumeration,
  integer,
  json,
  lineage,
  requiredFlag,
  requiredJson,
  requiredText,
  requiredUuid,
  stampedAt,
  stampedBy,
  text,
  textList,
} from '../../versioning/fields';
import { definePhase } from '../../versioning/phase';

/**
 * A phase that nobody registers: every property of a declaration is here and explained. Copy the folder, take out what you
 * do not need, add the phase's line to ../index.ts, and follow docs/adding-a-phase.md for its tables.
 */
export const example = definePhase({
  // The name in the API (enum Phase), in the database (enum "Phase", table phase_policy) and in the code. Never changes.
  key: 'EXAMPLE',
  // What people call it, in messages and in phaseConfigs.
  title: 'Example',
  // FULL: drafts are prepared, submitted and decided. AUDIT_ONLY: each change is the next version, in force at once.
  versioning: 'FULL',
  // Who starts, edits, submits, withdraws, revises and deletes; and who decides items, approves and rejects. Either takes
  // the role and an assignment to the workflow.
  preparedBy: ['TESTER'],
  approvedBy: ['REPORT_OWNER'],
  // True only where the one who prepared a version also decides it; leave it out for four eyes. phase_policy must say the same.
  selfAttested: false,
  // Phases that must have a version in force before this one opens.
  prerequisites: ['PLANNING'],
  version: {
    // The GraphQL type of its versions, its detail table, its member of PhaseContentInput and that member's type.
    type: 'ExampleVersion',
    table: 'example_versions',
    input: 'example',
    inputType: 'ExampleContentInput',
    // Content that belongs to the version as a whole: in its hash, its diff and its input. Columns have the same names in snake_case.
    fields: {
      criteria: json('Criteria', {
        description: 'One sentence for the manual; without it, the label is the description.',
      }),
      targetSize: integer('Target size'),
      methods: textList('Methods'), // a list is never null
      total: count('How many items there are'), // computed, not stored
      selected: count('How many of them are selected', 'isSelected'),
    },
  },
  item: {
    // The GraphQL type of its items, their table, the member of PhaseItemsInput and that member's type.
    type: 'ExampleItem',
    table: 'example_items',
    input: 'exampleItems',
    inputType: 'ExampleItemInput',
    // The field that says which item it is, whatever the version. Leave it out where only the itemKey can tell.
    identity: 'subjectId',
    // What a person would call the item: made from its content, or { sameIdentityIn: 'PLANNING' } to be called as there.
    label: ({ title }) => title as string,
    // BY_DECISIONS of the approver, or { byField: 'decision', statuses: { YES: 'APPROVED', NO: 'REJECTED' } } where a field decides.
    reviewed: 'BY_DECISIONS',
    // How many items a version needs to be submitted: 1, or 0 where none may be a finding too.
    atLeast: 1,
    fields: {
      // Stored and sent by clients: text, requiredText, requiredUuid, requiredFlag, integer, json, requiredJson, textList, enumeration.
      subjectId: requiredUuid('Subject'),
      title: requiredText('Title'),
      isSelected: requiredFlag('Selected'),
      data: requiredJson('Data'),
      remark: text('Remark'),
      // Label, name of the enum in PostgreSQL and in GraphQL, values.
      kind: enumeration('Kind', 'ExampleKind', ['FIRST', 'SECOND']),
      // Set by the service when the item is put; about the item, so not part of its content or hash.
      putBy: stampedBy('Who put it'),
      putAt: stampedAt('When it was put'),
      // Read from the decision that counts, in the phase's own words. Statuses without a word are refused (BAD_USER_INPUT).
      exampleStatus: decisionStatus('Status', 'ExampleStatus', {
        PENDING: 'OPEN',
        APPROVED: 'AGREED',
        REJECTED: 'DISPUTED',
      }),
      agreedBy: decidedBy('Who decided'),
      agreedAt: decidedAt('When it was decided'),
      agreementNotes: decisionNotes('What the decider said'),
      // The item's earlier forms along the versions it was carried through.
      earlierForms: lineage('Earlier forms'),
    },
  },
});
