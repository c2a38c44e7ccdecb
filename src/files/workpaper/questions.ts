/** The API queries of workpapers: a fixed set of documents generated from the phases' declarations. */
import type { PhaseFigures } from '../../graphql/metrics/types';
import { fullPhases, phases } from '../../phases';
import { contentFields, isReference, shownAs, type FieldTable, type ReferenceKind } from '../../versioning/fields';

const PERSON = '{ userId name }';
const NUMBERED = '{ versionId versionNumber }';
const CONNECTED = 'pageInfo { hasNextPage endCursor }';

const shownBy: Readonly<Record<ReferenceKind, string>> = {
  user: PERSON,
  lob: '{ lobId name }',
  version: NUMBERED,
};

/** Selections of the objects that fields refer to, aliased to the fields' names. */
const referencesOf = (type: string, fields: FieldTable): string[] => {
  const references = contentFields(fields).flatMap(([name, { kind }]) =>
    isReference(kind) ? [`${name}: ${shownAs(name, kind)} ${shownBy[kind]}`] : [],
  );
  return references.length > 0 ? [`... on ${type} { ${references.join(' ')} }`] : [];
};

const ofVersions = phases.flatMap(({ version: { type, fields } }) => referencesOf(type, fields)).join('\n');
const ofItems = fullPhases.flatMap(({ item: { type, fields } }) => referencesOf(type, fields)).join('\n');

const signatures = phases
  .flatMap(({ version: { type, fields } }) =>
    Object.entries(fields).flatMap(([name, { source }]) =>
      source === 'signOffs'
        ? [
            `... on ${type} { signatures: ${name} { signOffRole signOffStatus signOffUser ${PERSON} signerName signOffDate
              signOffComments meaning delegatedFromName delegationReason signedContentHash countsForApproval notCountedBecause } }`,
          ]
        : [],
    ),
  )
  .join('\n');

const HEAD = `fragment Head on PhaseVersion {
  phase versionId versionNumber masterRecordId status basis revision contentHash content isDeleted
  createdAt createdBy ${PERSON} submittedAt submittedBy ${PERSON} reviewedAt reviewedBy ${PERSON} approvalNotes
  effectiveFrom effectiveTo deletedAt deletedBy ${PERSON} base ${NUMBERED} parent ${NUMBERED}
  ${ofVersions}
}`;

const COMMIT = `fragment Commit on ChangeSet {
  sequence committedAt actor ${PERSON} origin operation operator reason occurredAt previousHash hash
}`;

const WORKFLOW = `fragment Place on Workflow {
  workflowId cycle { cycleId name } report { reportId name number }
  testers ${PERSON} testLead ${PERSON} reportOwner ${PERSON} testExecutive ${PERSON}
  head: changes(first: 1) { nodes { sequence committedAt hash } }
}`;

/** The figures of a phase in display order; their meaning is taken from the API's descriptions. */
export const figures = [
  'versionCount',
  'approvedCount',
  'rejectedCount',
  'rejectionRate',
  'averageApprovalHours',
  'p90ApprovalHours',
  'carryForwardRate',
  'averageTurnaroundHours',
  'reassignmentCount',
  'revisionCount',
] as const satisfies readonly (keyof PhaseFigures)[];
const STANDING = `phase progress blockedBy metrics { ${figures.join(' ')} }`;

export const questions = {
  latestOfWorkflow: `query LatestChangeOfWorkflow($cycleId: UUID!, $reportId: UUID!) {
  workflow(cycleId: $cycleId, reportId: $reportId) { workflowId lastChange { committedAt } }
}`,
  settled: `query WorkflowAtInstant($cycleId: UUID!, $reportId: UUID!, $at: DateTime!) {
  workflow(cycleId: $cycleId, reportId: $reportId, asOf: $at) { workflowId lastChange { sequence } }
}`,
  cycle: `query CycleAtInstant($cycleId: UUID!, $at: DateTime) { cycle(cycleId: $cycleId, asOf: $at) { cycleId } }`,
  workflow: `query WorkflowForWorkpaper($cycleId: UUID!, $reportId: UUID!, $at: DateTime!) {
  workflow(cycleId: $cycleId, reportId: $reportId, asOf: $at) {
    ...Place
    phases { ${STANDING} }
  }
}
${WORKFLOW}`,
  commits: `query CommitsForWorkpaper($cycleId: UUID!, $reportId: UUID!, $at: DateTime!, $phases: [Phase!], $after: String) {
  workflow(cycleId: $cycleId, reportId: $reportId, asOf: $at) {
    changes(first: 100, after: $after, phases: $phases) { nodes { ...Commit } ${CONNECTED} }
  }
}
${COMMIT}`,
  versions: `query VersionsForWorkpaper($cycleId: UUID!, $reportId: UUID!, $at: DateTime!, $phase: Phase!, $after: String) {
  workflow(cycleId: $cycleId, reportId: $reportId, asOf: $at) {
    workflowPhase(phase: $phase) { history(first: 100, after: $after) { nodes { ...Head } ${CONNECTED} } }
  }
}
${HEAD}`,
  version: `query VersionForWorkpaper($versionId: UUID!, $at: DateTime!) {
  phaseVersion(versionId: $versionId, asOf: $at) {
    ...Head
    editors ${PERSON}
    ${signatures}
    workflow { ...Place }
    workflowPhase { ${STANDING} }
  }
}
${HEAD}
${WORKFLOW}`,
  numbers: `query VersionsBeforeForWorkpaper($versionId: UUID!, $at: DateTime!, $after: String) {
  phaseVersion(versionId: $versionId, asOf: $at) {
    history(first: 100, after: $after) { nodes { versionNumber } ${CONNECTED} }
  }
}`,
  items: `query ItemsForWorkpaper($versionId: UUID!, $at: DateTime!, $after: String) {
  phaseVersion(versionId: $versionId, asOf: $at) {
    items(first: 500, after: $after) {
      nodes {
        itemKey label reviewStatus contentHash content carriedFromVersion ${NUMBERED}
        decision { status decidedAt decidedBy ${PERSON} notes countsForApproval notCountedBecause decidedInVersion ${NUMBERED} }
        ${ofItems}
      }
      ${CONNECTED}
    }
  }
}`,
  differences: `query DifferencesForWorkpaper($versionId: UUID!, $at: DateTime!, $from: Int!) {
  phaseVersion(versionId: $versionId, asOf: $at) {
    diff(from: $from) {
      summary { added changed removed unchanged fieldsChanged }
      fields { kind path before after }
    }
  }
}`,
  differingItems: `query DifferingItemsForWorkpaper($versionId: UUID!, $at: DateTime!, $from: Int!, $after: String) {
  phaseVersion(versionId: $versionId, asOf: $at) {
    diff(from: $from) {
      items(first: 100, after: $after) { nodes { kind itemKey label fields { kind path before after } } ${CONNECTED} }
    }
  }
}`,
  versionCommits: `query CommitsOfVersionForWorkpaper($versionId: UUID!, $at: DateTime!, $after: String) {
  phaseVersion(versionId: $versionId, asOf: $at) {
    changes(first: 100, after: $after) { nodes { ...Commit } ${CONNECTED} }
  }
}
${COMMIT}`,
};
