import { parse, type DocumentNode } from 'graphql';

/** The GraphQL query of a route. */
export interface Asking {
  readonly text: string;
  readonly document: DocumentNode;
  /** The path of the answer within the data; null there means not found. */
  readonly answer: readonly string[];
}

export const asks = (text: string, ...answer: string[]): Asking => ({ text, document: parse(text), answer });

export interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Segments in braces are parameters, such as `/books/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** The query; undefined if the route returns the facade's description. */
  readonly asks?: Asking;
  /** The accepted query parameters. */
  readonly query: readonly string[];
  /** The path of the object whose `revision` is the ETag, and to which `creates` refers. */
  readonly version?: readonly string[];
  /** The path of the list that `first` and `after` page through. */
  readonly list?: readonly string[];
  /** For routes that create something: its path, and the parameter that takes a property of the object. */
  readonly creates?: { readonly path: string; readonly by: string };
}

export interface QueryParameter {
  readonly type: 'Int' | 'String' | 'UUID';
  readonly required: boolean;
  readonly description: string;
}

/** The value at a path in an answer. */
export const at = (data: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], data);
