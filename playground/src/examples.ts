// The operations that the playground opens with. They find versions by phase, so that nobody has to paste ids. The one that cannot
// (approval) says where to copy them from. A test validates every operation against the schema.

import { auditQuestions } from './audit-questions';
import { DEMO_WORKFLOW } from './demo-places';

/** The draft of Planning that the demo leaves open. */
const DEMO_DRAFT = '0194d2a0-5c00-7000-8000-000000000103';
/** The test report that still needs two signatures. */
const DEMO_REPORT = '0194d2a0-5c00-7000-8000-000000000903';

export interface Example {
  title: string;
  /** One sentence that says what it shows. */
  about: string;
  /** Whose token to use. */
  token: string;
  /** The operation, with both sentences as a comment above it. */
  query: string;
  variables: string;
}

export const examples: readonly Example[] = [
  example(
    'Who am I, and my workflows',
    'Shows whom the token belongs to, and how far each phase of each of your workflows has come.',
    'Any token: start with user 1 (Ada, a tester); each user sees their own workflows, user 8 (the auditor) all of them.',
    `query MyWorkflows($first: Int!) {
  viewer {
    userId
    name
    roles
  }
  workflows(first: $first) {
    totalCount
    nodes {
      cycle { name startDate endDate cycleStatus }
      report { number name }
      testers { name }
      testLead { name }
      reportOwner { name }
      testExecutive { name }
      phases {
        phase
        progress
        blockedBy
        canCreate
        cannotCreateReason
      }
    }
  }
}`,
    { first: 10 },
  ),
  example(
    'Scoping: current version and history',
    'Shows the version of Scoping in force, and every version before it: who wrote it, who decided, when and why.',
    'Token of user 3 (Olga, the report owner) or of any other person of the workflow.',
    `query ScopingHistory($cycleId: UUID!, $reportId: UUID!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    workflowPhase(phase: SCOPING) {
      progress
      current {
        versionNumber
        effectiveFrom
        reviewedBy { name }
        contentHash
        ... on ScopingVersion {
          scopingCriteria
          totalAttributes
          scopedAttributes
        }
      }
      history(first: 10) {
        totalCount
        nodes {
          versionNumber
          status
          createdBy { name }
          submittedAt
          reviewedBy { name }
          reviewedAt
          approvalNotes
          effectiveFrom
          effectiveTo
          parent { versionNumber }
        }
      }
    }
  }
}`,
    DEMO_WORKFLOW,
  ),
  example(
    'What changed between two versions of Planning',
    'Compares version 1 of Planning with version 2: attributes added, removed and changed, long texts line by line.',
    'Token of user 1 (Ada, a tester) or of any other person of the workflow.',
    `query PlanningDiff($cycleId: UUID!, $reportId: UUID!, $from: Int!, $to: Int!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    workflowPhase(phase: PLANNING) {
      current {
        diff(from: $from, to: $to) {
          summary { added removed changed unchanged fieldsChanged }
          fields { path kind before after }
          items(first: 50) {
            totalCount
            nodes {
              kind
              label
              fields { path kind before after textDiff isCoarse }
            }
          }
        }
      }
    }
  }
}`,
    { ...DEMO_WORKFLOW, from: 1, to: 2 },
  ),
  example(
    'Why can I not approve?',
    'Lists the open versions of every phase with what you may do to each, and, rule by rule, what approval still needs.',
    'Run it as user 1 (Ada, who wrote them), then as user 3 (Olga, who decides), and compare the answers.',
    `query WhyCanINotApprove($cycleId: UUID!, $reportId: UUID!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    phases {
      phase
      progress
      history(first: 3, statuses: [DRAFT, PENDING_APPROVAL]) {
        nodes {
          versionId
          revision
          versionNumber
          status
          createdBy { name }
          submittedBy { name }
          availableActions
          approvalRequirements {
            code
            status
            explanation
            satisfiableBy
          }
        }
      }
    }
  }
}`,
    DEMO_WORKFLOW,
  ),
  example(
    'Approve a version',
    'Submits the open draft of Planning and puts it into force; what was in force is superseded in the same commit. On other versions, copy versionId and revision from "WhyCanINotApprove".',
    'Token of user 1 (Ada): Planning is attested by the tester who prepared it. Other phases take a second person, such as user 3 (Olga) for Scoping.',
    `mutation ApproveVersion($draft: VersionTransitionInput!, $submitted: VersionTransitionInput!) {
  submitVersion(input: $draft) {
    version {
      status
      revision
    }
  }
  approveVersion(input: $submitted) {
    version {
      phase
      versionNumber
      status
      reviewedBy { name }
      effectiveFrom
      base { versionNumber status }
    }
    changeSet {
      sequence
      committedAt
      operation
      reason
      hash
    }
  }
}`,
    {
      draft: { versionId: DEMO_DRAFT, expectedRevision: 2 },
      submitted: {
        versionId: DEMO_DRAFT,
        expectedRevision: 3,
        reason: 'Both changes are agreed with the report owner.',
      },
    },
  ),
  example(
    'What waits for me?',
    'Lists what is asked of you, what waits longest first: why, since when, and what you may do about it. And what you handed in, and who has it.',
    'Token of user 3 (Olga), of user 6 (Tess, who approves test reports), or of user 1 (Ada, who prepares).',
    `query WaitingForMe($first: Int!) {
  myWork(first: $first) {
    totalCount
    nodes { ...Waiting }
  }
  withOthers: myWork(first: $first, filter: { asks: [WAIT] }) {
    totalCount
    nodes {
      ...Waiting
      version {
        turn { ask people { name } }
      }
    }
  }
}

fragment Waiting on WorkEntry {
  ask
  since
  reason
  actions
  workflow { report { number name } }
  version { versionId revision phase versionNumber submittedBy { name } }
}`,
    { first: 10 },
  ),
  example(
    'Sign the test report',
    'Signs the content that is there now: the signature is OUTDATED as soon as it changes. Leaves the revision alone, so that others sign beside you.',
    'Token of user 3 (Olga), not older than five minutes: signing takes a fresh sign-in.',
    `mutation SignOff($input: SignOffInput!) {
  signOff(input: $input) {
    version {
      status
      ... on TestReportVersion {
        signOffs {
          signOffRole
          signOffStatus
          signerName
          signOffDate
          meaning
          signedContentHash
        }
      }
    }
    changeSet { sequence committedAt hash }
  }
}`,
    {
      input: {
        versionId: DEMO_REPORT,
        expectedRevision: 3,
        role: 'report_owner',
        status: 'SIGNED',
        meaning: 'Agreement with the findings',
      },
    },
  ),
  example(
    'Who owns the data?',
    'Shows every assignment of a data owner as it stands now: for what, since when, what became of it and every change of it.',
    'Token of user 5 (Eve, who assigns data owners) or of any other person of the workflow.',
    `query DataOwners($cycleId: UUID!, $reportId: UUID!, $first: Int!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    workflowPhase(phase: DATA_OWNER_ID) {
      progress
      records(first: $first) {
        totalCount
        nodes {
          versionId
          versionNumber
          availableActions
          ... on DataOwnerAssignment {
            dataOwner { name }
            lob { name }
            assignmentType
            assignmentStatus
            validFrom
            validTo
            previousAssignment { dataOwner { name } }
            changeHistory {
              changeType
              changedBy { name }
              changedAt
              previousState
              newState
              changeMetadata
            }
          }
        }
      }
    }
  }
}`,
    { ...DEMO_WORKFLOW, first: 10 },
  ),
  example(
    'What happened?',
    'Shows the last commits of the workflow as an auditor reads them: who, when, why, and each row before and after.',
    'Token of user 8 (the auditor) or of any person of the workflow.',
    `query WhatHappened($cycleId: UUID!, $reportId: UUID!, $first: Int!) {
  workflow(cycleId: $cycleId, reportId: $reportId) {
    changes(first: $first) {
      totalCount
      nodes {
        sequence
        committedAt
        actor { name }
        origin
        operation
        reason
        versions { phase versionNumber }
        previousHash
        hash
        rowChanges(first: 5) {
          totalCount
          nodes {
            table
            operation
            changedFields
            before
            after
          }
        }
      }
    }
  }
}`,
    { ...DEMO_WORKFLOW, first: 5 },
  ),
  ...auditQuestions.map(({ title, about, operation, variables }) =>
    example(title, about, 'Token of user 8 (the auditor).', operation, variables),
  ),
];

function example(title: string, about: string, token: string, operation: string, variables: object): Example {
  return {
    title,
    about,
    token,
    query: `${comment(about)}\n${comment(token)}\n${operation}\n`,
    variables: JSON.stringify(variables, null, 2),
  };
}

/** Breaks a sentence into lines that fit half a laptop's screen, because the editor does not wrap. */
function comment(sentence: string): string {
  return sentence.replace(/(.{1,46})(?:\s+|$)/g, '# $1\n').trimEnd();
}
