import { parse, type DocumentNode } from 'graphql';

/** What a route asks of the GraphQL API. */
export interface Asking {
  readonly text: string;
  readonly document: DocumentNode;
  /** Where in the data the answer is; null there means that there is none. */
  readonly answer: readonly string[];
}

export const asks = (text: string, ...answer: string[]): Asking => ({ text, document: parse(text), answer });

export interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Segments in braces are parameters, such as `/books/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** What it asks; nothing where the answer is the description of the facade. */
  readonly asks?: Asking;
  /** The parameters of the query string that it takes. */
  readonly query: readonly string[];
  /** Where in the answer the object is whose `revision` is the ETag, and of which `creates` speaks. */
  readonly version?: readonly string[];
  /** Where in the answer the list is that `first` and `after` page through. */
  readonly list?: readonly string[];
  /** Of what makes something: the path of that, and the parameter of it that is a member of the object. */
  readonly creates?: { readonly path: string; readonly by: string };
}

export interface QueryParameter {
  readonly type: 'Int' | 'String' | 'UUID';
  readonly required: boolean;
  readonly description: string;
}

/** What is at a place in an answer. */
export const at = (data: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], data);
