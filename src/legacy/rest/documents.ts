/**
 * The facade's GraphQL documents. Each endpoint executes one of them, so rules, access and errors are those of the GraphQL API. Lists are
 * read with the largest page, since its clients do not page.
 */

const person = /* GraphQL */ `
  fragment Person on User {
    userId
    name
  }
`;

const reference = /* GraphQL */ `
  fragment VersionReference on PhaseVersion {
    versionId
    versionNumber
    status
  }
`;

const version = /* GraphQL */ `
  fragment Version on PhaseVersion {
    versionId
    masterRecordId
    cycle {
      cycleId
      name
    }
    report {
      reportId
      name
    }
    phase
    versioningType
    versionNumber
    revision
    status
    approvalRequired
    approvalStatus
    approvalNotes
    createdAt
    createdBy {
      ...Person
    }
    submittedAt
    submittedBy {
      ...Person
    }
    reviewedAt
    reviewedBy {
      ...Person
    }
    effectiveFrom
    effectiveTo
    parent {
      ...VersionReference
    }
    base {
      ...VersionReference
    }
    isDeleted
    content
    contentHash
    availableActions
  }
  ${person}
  ${reference}
`;

const page = /* GraphQL */ `
  fragment Page on PageInfo {
    hasNextPage
    endCursor
  }
`;

const items = /* GraphQL */ `
  fragment Items on VersionItemConnection {
    totalCount
    nodes {
      itemId
      itemKey
      label
      reviewStatus
      content
    }
    pageInfo {
      ...Page
    }
  }
  ${page}
`;

const fieldChanged = /* GraphQL */ `
  fragment FieldChanged on FieldChange {
    path
    kind
    before
    after
    textDiff
    isCoarse
  }
`;

export const currentVersion = /* GraphQL */ `
  query CurrentVersion($phase: Phase!, $cycleId: UUID!, $reportId: UUID!, $first: Int = 100, $after: String) {
    workflow(cycleId: $cycleId, reportId: $reportId) {
      workflowPhase(phase: $phase) {
        current {
          ...Version
          items(first: $first, after: $after) {
            ...Items
          }
        }
      }
    }
  }
  ${items}
  ${version}
`;

export const versionHistory = /* GraphQL */ `
  query VersionHistory($phase: Phase!, $cycleId: UUID!, $reportId: UUID!, $first: Int = 100, $after: String) {
    workflow(cycleId: $cycleId, reportId: $reportId) {
      workflowPhase(phase: $phase) {
        history(first: $first, after: $after) {
          totalCount
          nodes {
            ...Version
          }
          pageInfo {
            ...Page
          }
        }
      }
    }
  }
  ${page}
  ${version}
`;

export const oneVersion = /* GraphQL */ `
  query OneVersion($versionId: UUID!, $first: Int = 100, $after: String) {
    phaseVersion(versionId: $versionId) {
      ...Version
      items(first: $first, after: $after) {
        ...Items
      }
    }
  }
  ${items}
  ${version}
`;

/** The address of a version, read first, because a path that names a version also names its phase. */
export const placeOfVersion = /* GraphQL */ `
  query PlaceOfVersion($versionId: UUID!) {
    phaseVersion(versionId: $versionId) {
      phase
      masterRecordId
      versionNumber
    }
  }
`;

export const versionDifference = /* GraphQL */ `
  query VersionDifference($to: UUID!, $fromNumber: Int!, $first: Int = 100, $after: String) {
    phaseVersion(versionId: $to) {
      diff(from: $fromNumber) {
        from {
          ...VersionReference
        }
        to {
          ...VersionReference
        }
        summary {
          added
          removed
          changed
          unchanged
          fieldsChanged
        }
        fields {
          ...FieldChanged
        }
        items(first: $first, after: $after) {
          totalCount
          nodes {
            itemKey
            label
            kind
            fields {
              ...FieldChanged
            }
          }
          pageInfo {
            ...Page
          }
        }
        patch
      }
    }
  }
  ${fieldChanged}
  ${page}
  ${reference}
`;

/** A mutation on versions. */
export const command = (name: string, inputType: string): string => `
  mutation Command($input: ${inputType}!) {
    ${name}(input: $input) {
      ...Committed
    }
  }
  fragment Committed on VersionPayload {
    version {
      ...Version
    }
    changeSet {
      sequence
      committedAt
      operation
      reason
      actor {
        ...Person
      }
      hash
    }
  }
  ${version}
`;
