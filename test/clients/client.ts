import type { IntrospectionQuery } from 'graphql';
import type { ShownDocument } from './shown';

export type Variables = Readonly<Record<string, unknown>>;

/** A page of a list that grows by pages, as the client shows all it has of it. */
export interface Pages {
  readonly labels: readonly string[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** What the three clients have in common; each is set up as docs/clients.md says, with its default cache. */
export interface Client {
  /** Asks the server, whatever is in the cache, and keeps the answer there. */
  ask(document: ShownDocument, variables: Variables): Promise<void>;
  /** Sends a mutation, whose payload goes into the cache. */
  send(mutation: ShownDocument, variables: Variables): Promise<void>;
  /** What is shown for a query by the cache alone; undefined where it has lost something. */
  shown(document: ShownDocument, variables: Variables): unknown;
  /** Loads the first page of a version's items from either end, then further ones with the client's own way of paging. */
  startPages(versionId: string, from: 'start' | 'end', count: number): Promise<void>;
  morePages(count: number): Promise<void>;
  pages(): Pages;
}

/** Makes a client of a person, by their token. */
export type MakeClient = (url: string, token: string, schema: IntrospectionQuery) => Client;

/** The arguments of a page, from either end. */
export const page = (from: 'start' | 'end', count: number, cursor?: string | null): Variables =>
  from === 'start'
    ? { first: count, after: cursor, last: undefined, before: undefined }
    : { last: count, before: cursor, first: undefined, after: undefined };

interface Connection {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly label: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}
export const pagesOf = ({ edges, pageInfo: { hasNextPage, hasPreviousPage } }: Connection): Pages => ({
  labels: edges.map(({ node }) => node.label),
  hasNextPage,
  hasPreviousPage,
});
export const itemsIn = (data: unknown): Connection =>
  (data as { phaseVersion: { items: Connection } }).phaseVersion.items;
/** Where the next page begins. */
export const cursorOf = ({ pageInfo }: Connection, from: 'start' | 'end') =>
  from === 'start' ? pageInfo.endCursor : pageInfo.startCursor;
