import {
  approvedAt,
  approvedBy,
  count,
  date,
  decidedAt,
  decidedBy,
  decisionNotes,
  decisionStatus,
  enumeration,
  flagOr,
  integer,
  json,
  jsonList,
  lineage,
  requiredEnumeration,
  requiredFlag,
  requiredInteger,
  requiredJson,
  requiredText,
  requiredUuid,
  signOffs,
  stampedAt,
  stampedBy,
  text,
  textList,
  textOr,
  uuid,
} from '../../src/versioning/fields';
import { definePhase } from '../../src/versioning/phase';

/**
 * A fully versioned phase that nobody registers: every property of its declaration is here and explained (recorded.ts has
 * those of an audit-only phase). Copy it to src/phases, take out what you do not need, and follow ../adding-a-phase.md.
 */
export const drafted = definePhase({
  // The name in the API (enum Phase), in the database (enum "Phase", table phase_policy) and in the code. Never changes.
  key: 'EXAMPLE',
  // What people call it, in messages and in phaseConfigs.
  title: 'Example',
  // Drafts are prepared, submitted and decided; a workflow has one record of the phase.
  versioning: 'FULL',
  // Who starts, edits, submits, withdraws, revises and deletes; and who decides items, approves and rejects. Either takes
  // the role and an assignment to the workflow.
  preparedBy: ['TESTER'],
  approvedBy: ['REPORT_OWNER'],
  // True only where the one who prepared a version also decides it; leave it out for four eyes.
  selfAttested: false,
  // Phases that must have a version in force before this one opens.
  prerequisites: ['PLANNING'],
  // The signatures that an approval takes: what each is called, and which of the workflow's people gives it; `onlyIf` names
  // the flag of the version's content without which it is not asked for. Left out where none is.
  signOffs: [
    { role: 'test_lead', person: 'testLeadId' },
    { role: 'report_owner', person: 'reportOwnerId', onlyIf: 'needsOwner' },
  ],
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
      periodStart: date('First day'),
      periodEnd: date('Last day'),
      templateId: uuid('Template'),
      methods: textList('Methods'), // a list is never null
      name: textOr('Name', 'Example'), // nor is what has something to fall back on
      needsOwner: flagOr('Needs the owner’s signature', true, {
        // A value that only these roles may set; every new draft starts with the other.
        restricted: { value: false, to: ['REPORT_OWNER'] },
      }),
      writtenAt: stampedAt('Last changed at'),
      total: count('Number of items'), // computed, not stored
      selected: count('Selected items', 'isSelected'),
      approver: approvedBy('Approved by'),
      approvedOn: approvedAt('Approved at'),
      signatures: signOffs('Signatures'),
    },
    // What must hold among the fields: says what is wrong and what to write instead, or null.
    check: ({ periodStart, periodEnd }) =>
      periodStart !== null && periodEnd !== null && periodEnd! < periodStart! ? 'A period ends after it starts.' : null,
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
      // Stored and sent by clients; the words are in versioning/fields.ts.
      subjectId: requiredUuid('Subject'),
      title: requiredText('Title'),
      isSelected: requiredFlag('Selected'),
      data: requiredJson('Data'),
      remark: text('Remark', { isLong: true }), // prose: forms give it room
      urgency: text('Urgency', { suggestions: ['HIGH', 'LOW'] }), // what people usually write; more is taken too, unless onlySuggested
      place: requiredInteger('Place'),
      references: jsonList('References'),
      weight: requiredEnumeration('Weight', 'ExampleWeight', ['HEAVY', 'LIGHT']),
      // Label, name of the enum in PostgreSQL and in GraphQL, values.
      kind: enumeration('Kind', 'ExampleKind', ['FIRST', 'SECOND']),
      // Set by the service when the item is put; about the item, so not part of its content or hash.
      putBy: stampedBy('Who put it'),
      putAt: stampedAt('When it was put'),
      firstPutBy: stampedBy('Who put it first', { kept: true }), // stays, however often the item is replaced
      // Read from the decision that counts, in the phase's own words. Statuses without a word are refused (BAD_USER_INPUT).
      // The last word, if there is one, is for undecided items of a draft.
      exampleStatus: decisionStatus(
        'Status',
        'ExampleStatus',
        { PENDING: 'OPEN', APPROVED: 'AGREED', REJECTED: 'DISPUTED' },
        'NOT_SUBMITTED',
      ),
      agreedBy: decidedBy('Decided by'),
      agreedAt: decidedAt('Decided at'),
      agreementNotes: decisionNotes('Decision notes'),
      // The item's earlier forms along the versions it was carried through.
      earlierForms: lineage('Earlier forms'),
    },
  },
});
