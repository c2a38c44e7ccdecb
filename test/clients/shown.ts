/**
 * What the clients are made to show. Each document is written once: Relay's compiler finds it by its tag, and wants the name
 * of this file in front of its name; the other clients get it without the directives that are Relay's own.
 */
import { Kind, parse, visit, type DefinitionNode, type DocumentNode } from 'graphql';

const relayOnly: readonly string[] = ['connection', 'refetchable'];
const graphql = ([text]: TemplateStringsArray): readonly DefinitionNode[] =>
  visit(parse(text!), { Directive: ({ name }) => (relayOnly.includes(name.value) ? null : undefined) }).definitions;

const definitions = [
  ...graphql`
    query shownVersionQuery($versionId: UUID!) {
      phaseVersion(versionId: $versionId) {
        id
        versionId
        status
        revision
        reviewedBy {
          id
          name
          roles
        }
        items(first: 10) {
          nodes {
            id
            itemKey
            label
            reviewStatus
            ... on ScopingDecision {
              riskRating
            }
          }
        }
      }
    }
  `,

  ...graphql`
    query shownVersionAsOfQuery($versionId: UUID!, $asOf: DateTime) {
      phaseVersion(versionId: $versionId, asOf: $asOf) {
        id
        status
        revision
        items(first: 10) {
          nodes {
            id
            reviewStatus
          }
        }
      }
    }
  `,

  ...graphql`
    query shownWorkflowQuery($cycleId: UUID!, $reportId: UUID!, $asOf: DateTime) {
      workflow(cycleId: $cycleId, reportId: $reportId, asOf: $asOf) {
        id
        report {
          id
          owner {
            id
            name
          }
        }
        phases {
          id
          phase
          progress
        }
      }
    }
  `,

  ...graphql`
    query shownInWorkflowQuery($cycleId: UUID!, $reportId: UUID!, $at: DateTime!, $asOf: DateTime!) {
      workflow(cycleId: $cycleId, reportId: $reportId) {
        id
        phases {
          id
          phase
          progress
          current(asOf: $asOf) {
            id
            status
            versionNumber
          }
        }
        asOf(at: $at) {
          id
          phases {
            id
            phase
            progress
            current {
              id
              status
            }
          }
        }
      }
    }
  `,

  ...graphql`
    query shownThenQuery($versionId: UUID!, $at: DateTime!) {
      phaseVersion(versionId: $versionId) {
        id
        status
        asOf(at: $at) {
          id
          status
          revision
          reviewedBy {
            id
            name
            roles
          }
          items(first: 10) {
            nodes {
              id
              itemKey
              label
              reviewStatus
              ... on ScopingDecision {
                riskRating
              }
            }
          }
        }
      }
    }
  `,

  ...graphql`
    query shownReReviewQuery($versionId: UUID!) {
      phaseVersion(versionId: $versionId) {
        id
        status
        changesSinceMyReview {
          from {
            id
            status
            revision
          }
          to {
            id
            status
            revision
          }
          items(first: 10) {
            nodes {
              kind
              label
              fields {
                path
                before
                after
              }
              before {
                id
                itemKey
                reviewStatus
                ... on ScopingDecision {
                  riskRating
                }
              }
              after {
                id
                itemKey
                reviewStatus
                ... on ScopingDecision {
                  riskRating
                }
              }
            }
          }
        }
      }
    }
  `,

  ...graphql`
    query shownNodeQuery($id: ID!) {
      node(id: $id) {
        id
        ... on PhaseVersion {
          status
          revision
        }
        ... on VersionItem {
          label
          reviewStatus
        }
        ... on ScopingDecision {
          riskRating
        }
      }
    }
  `,

  ...graphql`
    query shownPagesQuery($versionId: UUID!, $first: Int, $after: String, $last: Int, $before: String) {
      phaseVersion(versionId: $versionId) {
        id
        ...shown_pages
      }
    }
  `,
  ...graphql`
    fragment shown_pages on PhaseVersion @refetchable(queryName: "shownMorePagesQuery") {
      id
      items(first: $first, after: $after, last: $last, before: $before) @connection(key: "shown_items") {
        edges {
          cursor
          node {
            id
            label
          }
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `,

  ...graphql`
    mutation shownPutItemsMutation($input: PutItemsInput!) {
      putItems(input: $input) {
        version {
          id
          status
          revision
          items(first: 10) {
            nodes {
              id
              itemKey
              label
              reviewStatus
              ... on ScopingDecision {
                riskRating
              }
            }
          }
        }
      }
    }
  `,
];

/** A document with its fragments, as any client takes it. */
export function documentOf(name: ShownDocument): DocumentNode {
  const found = new Set<DefinitionNode>();
  const add = (of: string): void => {
    const definition = definitions.find((one) => 'name' in one && one.name?.value === of)!;
    if (found.has(definition)) return;
    found.add(definition);
    visit(definition, { FragmentSpread: (spread) => add(spread.name.value) });
  };
  add(name);
  return { kind: Kind.DOCUMENT, definitions: [...found] };
}

export type ShownDocument =
  | 'shownVersionQuery'
  | 'shownThenQuery'
  | 'shownVersionAsOfQuery'
  | 'shownWorkflowQuery'
  | 'shownInWorkflowQuery'
  | 'shownReReviewQuery'
  | 'shownNodeQuery'
  | 'shownPagesQuery'
  | 'shownPutItemsMutation';
