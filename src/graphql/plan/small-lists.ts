/** Lists that are not paged from rows: the items of phases without any, and a workflow's testers. */
import type { FieldNode, GraphQLObjectType, SelectionSetNode } from 'graphql';
import { MAX_ITEMS_PAGE } from '../connection';
import type { Compiler, Thing, Write } from './compile';
import { PlanAborted, NotPlanned } from './plan-errors';
import { List } from './list';
import { below, type AnyField } from './selections';
import { tables } from './sources';
import { subquery, type Statement } from './statement';

/** The items of a phase that has none: an empty page, whatever is requested. */
export function noItems(compiler: Compiler, field: AnyField, nodes: readonly FieldNode[]): Write {
  const kind = { name: 'items', keyType: 'uuid' } as const;
  const connection = compiler.namedType(field);
  const written = (type: GraphQLObjectType, asked: readonly FieldNode[], values: Record<string, string>): string => {
    const parts = [...compiler.collect(type, below(asked))].map(([key, [node]]) => {
      const name = node!.name.value;
      const value = name === '__typename' ? `"${type.name}"` : values[name];
      if (value === undefined) throw new NotPlanned(`${type.name}.${name}`);
      return `"${key}":${value}`;
    });
    return `{${parts.join(',')}}`;
  };
  const pageInfo = compiler.collect(connection, below(nodes));
  const infos = [...pageInfo.values()].filter(([node]) => node!.name.value === 'pageInfo');
  const info = compiler.namedType(connection.getFields().pageInfo!);
  const page = { hasNextPage: 'false', hasPreviousPage: 'false', startCursor: 'null', endCursor: 'null' };
  if (infos.length > 1) throw new NotPlanned('where an empty page lies, twice');
  const text = written(connection, nodes, {
    nodes: '[]',
    edges: '[]',
    totalCount: '0',
    ...(infos[0] && { pageInfo: written(info, infos[0], page) }),
  });
  return (run) => {
    if (run.page(field, nodes[0]!, kind, MAX_ITEMS_PAGE).cursor !== null)
      throw new PlanAborted('a cursor of an empty list');
    return text;
  };
}

/** The people who prepare the phases of a workflow. */
export class Testers extends List {
  #write: Write = () => '';
  #key = -1;

  constructor(
    compiler: Compiler,
    thing: Thing,
    private readonly sets: readonly SelectionSetNode[],
  ) {
    super(compiler, thing, '$.workflow_id');
    thing.level.lists.push(this);
  }

  readonly write: Write = (run, above, start, end) => {
    const { rows, from, to } = this.segment(run, above, start, end);
    const people: string[] = [];
    for (let at = from; at < to; at++)
      if (rows[at]![this.#key] !== null) people.push(this.#write(run, rows, at, at + 1));
    return `[${people.join(',')}]`;
  };

  protected read(statement: Statement, parent: string): void {
    const rows = subquery(
      statement,
      'u',
      (selected) =>
        `select ${selected} from workflow_testers t join users u using (user_id) where t.workflow_id = ${parent}`,
    );
    const key = rows.sql('$.user_id');
    this.#key = statement.place(key);
    statement.orderBy(key);
    const { sources } = tables.User!;
    this.#write = this.compiler.object(
      this.compiler.typeNamed('User'),
      sources,
      { rows, level: this.level },
      this.sets,
    );
  }
}
