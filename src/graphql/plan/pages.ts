/** Writes the pages of connections. */
import type { FieldNode, GraphQLObjectType, SelectionSetNode } from 'graphql';
import type { TextRow } from '../../database/connection/statements';
import type { PagedList, PageRequest } from '../../database/connection/pages';
import { pageRequest } from '../connection';
import { orderOf, type OrderBy } from '../list';
import type { Compiler, Write } from './compile';
import { NotPlanned } from './plan-errors';
import type { Run, Segment } from './run';
import { below, type AnyField } from './selections';

/** The entries of a page, in the order of the answer. */
export interface Page {
  readonly run: Run;
  readonly rows: readonly TextRow[];
  readonly spans: readonly (readonly [from: number, to: number])[];
  readonly request: PageRequest;
  readonly hasMore: boolean;
  /** For a list that is known as a whole. */
  readonly total?: number;
}

export type WritePage = (page: Page, parentRow: TextRow) => string;

type CursorKind = Pick<PagedList, 'name' | 'keyType' | 'orders'>;

const flag = (value: boolean): string => String(value);

/** What a connection needs from its list. */
interface Shown {
  /** An entry's cursor. */
  cursor(page: Page, entry: number): string;
  totalCount(): WritePage;
}

/** A selected field, under its name in the answer. */
interface Entry {
  readonly key: string;
  readonly name: string;
  readonly nodes: readonly FieldNode[];
}

/** Writes the pages of a connection. */
export class PageWriter {
  readonly #type: GraphQLObjectType;
  readonly #write: WritePage;
  readonly #known = new Map<readonly FieldNode[], readonly Entry[]>();
  readonly #writers = new Map<readonly FieldNode[], Write>();
  /** Whether it tells if there are more pages. */
  readonly asksMore: boolean;

  constructor(
    private readonly compiler: Compiler,
    field: AnyField,
    private readonly nodes: readonly FieldNode[],
    private readonly shown: Shown,
  ) {
    this.#type = compiler.namedType(field);
    const entries = this.#entries(this.#type, nodes);
    this.asksMore = entries.some(({ name }) => name === 'pageInfo');
    this.#write = this.#object(entries, (name, asked) => this.#part(name, asked));
  }

  write = (page: Page, parentRow: TextRow): string => this.#write(page, parentRow);

  /** The selected fields; memoized, since writers are looked up by the same lists of nodes. */
  #entries(type: GraphQLObjectType, nodes: readonly FieldNode[]): readonly Entry[] {
    const entries =
      this.#known.get(nodes) ??
      [...this.compiler.collect(type, below(nodes))].map(([key, asked]) => ({
        key,
        nodes: asked,
        name: asked[0]!.name.value,
      }));
    this.#known.set(nodes, entries);
    return entries;
  }

  /** Makes the writers of the entries, once it is known what they are made of. */
  writeNodes(make: (sets: readonly SelectionSetNode[]) => Write): void {
    for (const { name, nodes } of this.#entries(this.#type, this.nodes)) {
      if (name === 'nodes') this.#writers.set(nodes, make(below(nodes)));
      if (name !== 'edges') continue;
      for (const asked of this.#entries(this.#edgeType, nodes))
        if (asked.name === 'node') this.#writers.set(asked.nodes, make(below(asked.nodes)));
    }
  }

  get #edgeType(): GraphQLObjectType {
    return this.compiler.namedType(this.#type.getFields().edges!);
  }

  #object(entries: readonly Entry[], part: (name: string, nodes: readonly FieldNode[]) => WritePage): WritePage {
    const parts = entries.map(({ key, name, nodes }) => ({ key: `"${key}":`, write: part(name, nodes) }));
    return (page, parentRow) => `{${parts.map(({ key, write }) => key + write(page, parentRow)).join(',')}}`;
  }

  #part(name: string, nodes: readonly FieldNode[]): WritePage {
    switch (name) {
      case '__typename':
        return () => `"${this.#type.name}"`;
      case 'nodes':
        return (page) => this.#each(page, (entry) => this.#node(page, entry, nodes));
      case 'edges':
        return this.#edges(nodes);
      case 'pageInfo':
        return this.#pageInfo(nodes);
      case 'totalCount':
        return this.shown.totalCount();
    }
    throw new NotPlanned(`${this.#type.name}.${name}`);
  }

  #each(page: Page, write: (entry: number) => string): string {
    let text = '[';
    for (let entry = 0; entry < page.spans.length; entry++) text += (entry === 0 ? '' : ',') + write(entry);
    return `${text}]`;
  }

  #node({ run, rows, spans }: Page, entry: number, nodes: readonly FieldNode[]): string {
    const [from, to] = spans[entry]!;
    return this.#writers.get(nodes)!(run, rows, from, to);
  }

  #edges(nodes: readonly FieldNode[]): WritePage {
    const type = this.#edgeType;
    const parts = this.#entries(type, nodes).map(({ key, name, nodes: asked }) => {
      const write = (page: Page, entry: number): string => {
        if (name === 'cursor') return this.#cursor(page, entry);
        return name === 'node' ? this.#node(page, entry, asked) : `"${type.name}"`;
      };
      return { key: `"${key}":`, write };
    });
    return (page) =>
      this.#each(page, (entry) => `{${parts.map(({ key, write }) => key + write(page, entry)).join(',')}}`);
  }

  #cursor = (page: Page, entry: number): string => `"${this.shown.cursor(page, entry)}"`;

  #pageInfo(nodes: readonly FieldNode[]): WritePage {
    const type = this.compiler.namedType(this.#type.getFields().pageInfo!);
    const values: Readonly<Record<string, WritePage>> = {
      __typename: () => `"${type.name}"`,
      hasNextPage: ({ request, hasMore }) => flag(request.backwards ? request.cursor !== null : hasMore),
      hasPreviousPage: ({ request, hasMore }) => flag(request.backwards ? hasMore : request.cursor !== null),
      startCursor: (page) => (page.spans.length === 0 ? 'null' : this.#cursor(page, 0)),
      endCursor: (page) => (page.spans.length === 0 ? 'null' : this.#cursor(page, page.spans.length - 1)),
    };
    return this.#object(this.#entries(type, nodes), (name) => values[name]!);
  }
}

/**
 * Makes a page from rows read in list order, one entry more than requested.
 * @param key the position of the entry's key; the rows of one entry are adjacent
 */
export function pageOf(run: Run, { rows, from, to }: Segment, key: number, request: PageRequest): Page {
  const spans: [number, number][] = [];
  for (let start = from, end: number; start < to; start = end) {
    const entry = rows[start]![key]!;
    for (end = start + 1; end < to && rows[end]![key] === entry;) end++;
    if (entry !== null) spans.push([start, end]);
  }
  const hasMore = spans.length > request.limit;
  if (hasMore) spans.length = request.limit;
  if (request.backwards) spans.reverse();
  return { run, rows, spans, request, hasMore };
}

/** The page that the arguments request. */
export const requestIn = (args: Record<string, unknown>, list: CursorKind, max: number): PageRequest =>
  pageRequest(args, list, max, orderOf(args.orderBy as OrderBy | null | undefined));

/** Invalid arguments are not planned, so that resolvers report them. */
export function pageAsked(
  compiler: Compiler,
  field: AnyField,
  node: FieldNode,
  list: CursorKind,
  max: number,
): PageRequest {
  try {
    return requestIn(compiler.argumentsOf(field, node), list, max);
  } catch {
    throw new NotPlanned('a page that is refused');
  }
}
