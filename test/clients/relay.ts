import {
  createOperationDescriptor,
  getPaginationMetadata,
  getPaginationVariables,
  getRequest,
  getSelector,
  type ConcreteRequest,
} from 'relay-runtime';
import nodeQuery from '../generated/relay/shownNodeQuery.graphql';
import pagesFragment from '../generated/relay/shown_pages.graphql';
import pagesQuery from '../generated/relay/shownPagesQuery.graphql';
import putItems from '../generated/relay/shownPutItemsMutation.graphql';
import reReviewQuery from '../generated/relay/shownReReviewQuery.graphql';
import inWorkflowQuery from '../generated/relay/shownInWorkflowQuery.graphql';
import versionAsOfQuery from '../generated/relay/shownVersionAsOfQuery.graphql';
import workflowQuery from '../generated/relay/shownWorkflowQuery.graphql';
import thenQuery from '../generated/relay/shownThenQuery.graphql';
import versionQuery from '../generated/relay/shownVersionQuery.graphql';
import { relayEnvironment } from '../generated/snippets/relay';
import { page, pagesOf, type MakeClient, type Variables } from './client';
import type { ShownDocument } from './shown';

const requests: Record<ShownDocument, ConcreteRequest> = {
  shownNodeQuery: nodeQuery,
  shownPagesQuery: pagesQuery,
  shownPutItemsMutation: putItems,
  shownReReviewQuery: reReviewQuery,
  shownInWorkflowQuery: inWorkflowQuery,
  shownVersionAsOfQuery: versionAsOfQuery,
  shownWorkflowQuery: workflowQuery,
  shownThenQuery: thenQuery,
  shownVersionQuery: versionQuery,
};

export const relay: MakeClient = (url, token) => {
  const environment = relayEnvironment(url, token);
  const operationOf = (request: ConcreteRequest, variables: Variables) =>
    createOperationDescriptor(getRequest(request), variables);
  const execute = async (request: ConcreteRequest, variables: Variables) => {
    const operation = operationOf(request, variables);
    environment.retain(operation); // as a mounted component does
    await environment.execute({ operation }).toPromise();
    return operation;
  };
  let end: 'start' | 'end';
  let start: ReturnType<typeof operationOf>;
  /** As `usePaginationFragment` reads and grows a list. */
  const fragment = () => {
    const { phaseVersion } = environment.lookup(start.fragment).data as { phaseVersion: object };
    const selector = getSelector(pagesFragment, phaseVersion);
    if (!selector || !('dataID' in selector)) throw new Error('the fragment is of no version');
    const { data } = environment.lookup(selector);
    return { selector, data: data as { id: string; items: Parameters<typeof pagesOf>[0] } };
  };

  return {
    ask: async (document, variables) => void (await execute(requests[document], variables)),
    async send(mutation, variables) {
      await environment.executeMutation({ operation: operationOf(requests[mutation], variables) }).toPromise();
    },
    shown(document, variables) {
      const { data, isMissingData } = environment.lookup(operationOf(requests[document], variables).fragment);
      return isMissingData ? undefined : data;
    },
    async startPages(versionId, from, count) {
      end = from;
      start = await execute(pagesQuery, { versionId, ...page(from, count) });
    },
    async morePages(count) {
      const { selector, data } = fragment();
      const { paginationRequest, paginationMetadata } = getPaginationMetadata(pagesFragment, 'usePaginationFragment()');
      const { startCursor, endCursor } = data.items.pageInfo;
      const variables = getPaginationVariables(
        end === 'start' ? 'forward' : 'backward',
        count,
        end === 'start' ? endCursor : startCursor,
        { ...selector.owner.variables, ...selector.variables },
        {},
        paginationMetadata,
      );
      await execute(paginationRequest, { ...variables, id: data.id });
    },
    pages: () => pagesOf(fragment().data.items),
  };
};
