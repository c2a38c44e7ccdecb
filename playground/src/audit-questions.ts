// Ten questions of an audit, each answered by one or two operations. docs/clients.md shows the same operations, and a test compares their
// answers on the demo data with what the demo did.
import { DEMO_WORKFLOW } from './demo-places';

export interface AuditQuestion {
  readonly title: string;
  readonly about: string;
  readonly operation: string;
  readonly variables: object;
}

/** A time span that includes everything the demo does. */
const ALWAYS = { since: '2020-01-01T00:00:00.000Z', until: '2100-01-01T00:00:00.000Z' };

export const auditQuestions: readonly AuditQuestion[] = [
  {
    title: 'Audit: who approved what?',
    about:
      'Every version that came into force, phase by phase (and of records, those that another followed, which take no approval): who submitted it, who approved it, when, with which words, and who signed what.',
    operation: `query WhoApprovedWhat($cycleId: UUID!, $reportId: UUID!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    phases {
      phase
      history(statuses: [APPROVED, SUPERSEDED], first: 50) {
        totalCount
        nodes {
          versionId
          versionNumber
          submittedBy { name }
          submittedAt
          reviewedBy { name }
          reviewedAt
          approvalNotes
          effectiveFrom
          effectiveTo
          contentHash
          ... on TestReportVersion {
            signOffs { signOffRole signOffStatus signerName signOffDate meaning signedContentHash }
          }
        }
      }
    }
  }
}`,
    variables: DEMO_WORKFLOW,
  },
  {
    title: 'Audit: was it changed after its approval?',
    about:
      'A version as it was when it was approved, beside now: the same content hash says that nothing changed. And every commit that touched it since, with the rows: the approval itself, and what ended it.',
    operation: `query ChangedAfterApproval($versionId: UUID!, $approvedAt: DateTime!) {
  phaseVersion(versionId: $versionId) {
    status
    contentHash
    then: asOf(at: $approvedAt) { status contentHash }
    changes(filter: { since: $approvedAt }, first: 50) {
      totalCount
      nodes {
        sequence
        committedAt
        actor { name }
        origin
        operation
        reason
        rowChanges(first: 20) { nodes { table operation versionId changedFields } }
      }
    }
  }
}`,
    variables: { versionId: '0194d2a0-5c00-7000-8000-000000000301', approvedAt: '2026-01-01T00:00:00.000Z' },
  },
  {
    title: 'Audit: all that a person did in a month',
    about:
      'Every commit of a person between two instants, in all workflows and in the reference data, with the versions it touched. Further pages: the same with the cursor of a list.',
    operation: `query DeedsOfAPerson($userId: Int!, $since: DateTime!, $until: DateTime!, $after: String) {
  workflows(first: 20, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      cycle { name }
      report { number name }
      changes(filter: { actorIds: [$userId], since: $since, until: $until }, first: 50) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes {
          sequence
          committedAt
          operation
          reason
          versions { phase versionNumber }
        }
      }
    }
  }
  referenceChanges(filter: { actorIds: [$userId], since: $since, until: $until }, first: 50) {
    totalCount
    nodes { sequence committedAt operation reason }
  }
}`,
    variables: { userId: 1, ...ALWAYS },
  },
  {
    title: 'Audit: the population of commits',
    about:
      'How many commits there are in a period, and between which numbers: they have no gaps, and the verification says that none is missing, so a sample of numbers is one of all of them.',
    operation: `query Population($cycleId: UUID!, $reportId: UUID!, $since: DateTime!, $until: DateTime!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    changes(filter: { since: $since, until: $until }, first: 1) { totalCount nodes { sequence } }
    earliest: changes(filter: { since: $since, until: $until }, last: 1) { nodes { sequence } }
  }
  verifyChangeLog(cycleId: $cycleId, reportId: $reportId) {
    valid
    changeSetsChecked
    headHash
  }
}`,
    variables: { ...DEMO_WORKFLOW, ...ALWAYS },
  },
  {
    title: 'Audit: a sample of commits',
    about: 'The commits that were drawn, by their numbers: who, when, why, and each row before and after.',
    operation: `query Sample($cycleId: UUID!, $reportId: UUID!, $first: Int!, $second: Int!, $third: Int!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    first: changeSet(sequence: $first) { ...Sampled }
    second: changeSet(sequence: $second) { ...Sampled }
    third: changeSet(sequence: $third) { ...Sampled }
  }
}

fragment Sampled on ChangeSet {
  sequence
  committedAt
  actor { name }
  origin
  operation
  reason
  hash
  versions { phase versionNumber status }
  rowChanges(first: 20) {
    totalCount
    nodes { table rowId operation changedFields before after }
  }
}`,
    variables: { ...DEMO_WORKFLOW, first: 2, second: 12, third: 22 },
  },
  {
    title: 'Audit: segregation of duties',
    about:
      'For every version that came into force: who wrote to it, as the database captured it, who submitted it, who decided on its items, and who approved it. Nobody should be on both sides, except in Planning, which its preparer attests, and in records, where the version that a review made has its reviewer as its editor.',
    operation: `query SegregationOfDuties($cycleId: UUID!, $reportId: UUID!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    phases {
      phase
      history(statuses: [APPROVED, SUPERSEDED], first: 20) {
        nodes {
          versionNumber
          editors { userId name }
          submittedBy { userId name }
          reviewedBy { userId name }
          items(first: 100) {
            nodes {
              label
              decision { status decidedBy { userId name } countsForApproval decidedInVersion { versionNumber } }
            }
          }
        }
      }
    }
  }
}`,
    variables: DEMO_WORKFLOW,
  },
  {
    title: 'Audit: the evidence',
    about:
      'Every document that was handed in, with its revisions and what the reviewer said; what was asked while testing, and what came of it; and what the observations refer to.',
    operation: `query Evidence($cycleId: UUID!, $reportId: UUID!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    documents: workflowPhase(phase: REQUEST_INFO) {
      records(first: 100) {
        totalCount
        nodes {
          submittedBy { name }
          submittedAt
          reviewedBy { name }
          reviewedAt
          ... on DocumentSubmission {
            documentId
            documentVersion
            submissionType
            submissionStatus
            isCurrent
            reviewNotes
            revisionHistory { revisionType revisionReason revisedBy { name } revisedAt }
          }
        }
      }
    }
    requests: workflowPhase(phase: TEST_EXECUTION) {
      records(first: 100) {
        totalCount
        nodes {
          ... on TestExecutionAudit {
            actionType
            requestedBy { name }
            requestedAt
            requestReason
            respondedBy { name }
            respondedAt
            responseStatus
          }
        }
      }
    }
    observations: workflowPhase(phase: OBSERVATION_MANAGEMENT) {
      current {
        versionNumber
        items(first: 100) {
          nodes {
            label
            reviewStatus
            ... on ObservationDecision { severity evidenceReferences remediationStatus remediationDeadline }
          }
        }
      }
    }
  }
}`,
    variables: DEMO_WORKFLOW,
  },
  {
    title: 'Audit: as of a day',
    about:
      'How a workflow stood at an instant: who was assigned, how far each phase had come, and what was in force. The same question has the same answer for ever.',
    operation: `query AsOfADay($cycleId: UUID!, $reportId: UUID!, $at: DateTime!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    asOf(at: $at) {
      testers { name }
      testLead { name }
      reportOwner { name }
      testExecutive { name }
      phases {
        phase
        progress
        current { versionNumber status reviewedBy { name } reviewedAt contentHash }
        records(first: 20) { totalCount }
      }
    }
  }
}`,
    variables: { ...DEMO_WORKFLOW, at: '2026-11-29T12:00:00.000Z' },
  },
  {
    title: 'Audit: is the chain whole, and everything captured?',
    about:
      'Recomputes the chains of the workflow and of the reference data, and holds the database’s own catalogue against what the migrations make: every table is captured, and nothing was switched off.',
    operation: `query ChainAndCoverage($cycleId: UUID!, $reportId: UUID!) {
  verifyChangeLog(cycleId: $cycleId, reportId: $reportId) {
    valid
    changeSetsChecked
    headHash
    firstBrokenSequence
    problem
    checkedAt
    checkpointSequence
    checkpointNotedAt
    archivedSequence
    archivedIn
  }
  verifyReferenceLog {
    valid
    changeSetsChecked
    headHash
    firstBrokenSequence
    problem
    checkedAt
    checkpointSequence
    checkpointNotedAt
    archivedSequence
    archivedIn
  }
  auditCoverage {
    complete
    recordsSchemaChanges
    tables { table captured problem }
  }
}`,
    variables: DEMO_WORKFLOW,
  },
  {
    title: 'Audit: who saw what?',
    about:
      'Who read the log of the workflow, and that of the reference data, when, and through what. Each request is noted before it is answered; these questions of yours are among them.',
    operation: `query WhoSawWhat($cycleId: UUID!, $reportId: UUID!, $since: DateTime!, $until: DateTime!) {
  ofTheWorkflow: changeLogReads(cycleId: $cycleId, reportId: $reportId, filter: { since: $since, until: $until }, first: 50) {
    totalCount
    nodes { reader { userId name } readAt origin field requestId }
  }
  ofTheReferenceData: changeLogReads(filter: { since: $since, until: $until }, first: 50) {
    totalCount
    nodes { reader { userId name } readAt origin field requestId }
  }
}`,
    variables: { ...DEMO_WORKFLOW, ...ALWAYS },
  },
  {
    title: 'Audit: who had or gave which role?',
    about:
      'Every commit that gave or took a role or an assignment: by whom, when, why, and the rows. And what a person is today.',
    operation: `query WhoGaveWhichRole($userId: Int!, $since: DateTime!, $until: DateTime!, $after: String) {
  user(userId: $userId) { name roles isActive }
  referenceChanges(
    filter: { tables: ["user_roles", "workflow_testers", "workflows"], since: $since, until: $until }
    first: 50
    after: $after
  ) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      sequence
      committedAt
      actor { name }
      origin
      operator
      operation
      reason
      rowChanges(first: 50) { totalCount nodes { table operation rowId before after } }
    }
  }
}`,
    variables: { userId: 1, ...ALWAYS },
  },
];
