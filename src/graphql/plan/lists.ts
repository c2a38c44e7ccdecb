/** The planned lists: pages of histories, of records and of items. */
import type { FieldNode, SelectionSetNode } from 'graphql';
import { inReviewStatuses, itemList, itemSource } from '../../database/versions/items';
import { sortOf, type Filter, type PagedList, type PageRequest } from '../../database/connection/pages';
import {
  historyList,
  historyOfPhase,
  inStatuses,
  isThereToday,
  notDeleted,
  ofPhase,
  recordList,
} from '../../database/versions/versions';
import type { ItemReviewStatus, VersionStatus } from '../../versioning/model';
import type { FullPhase, PhaseDeclaration } from '../../versioning/phase';
import { encode, MAX_ITEMS_PAGE, MAX_PAGE } from '../connection';
import type { Compiler, Thing, Write } from './compile';
import { PlanAborted, NotPlanned } from './plan-errors';
import { List } from './list';
import { pageAsked, pageOf, PageWriter, type Page, type WritePage } from './pages';
import { fingerprintOfItems, fingerprintOfVersions, type PageRows } from './fingerprints';
import type { Run, Segment } from './run';
import type { AnyField } from './selections';
import { subquery, type Statement } from './statement';

/** A paged list of the API. */
export interface Listed {
  readonly list: PagedList;
  readonly max: number;
  readonly parent: string;
  /** The alias of its rows in its SQL. */
  readonly row: string;
  /** Whether a row of the past is visible to viewers who may not see deleted versions: what is deleted today is hidden in the past too. */
  readonly isShownInThePast?: string;
  /** The source of its rows, given what is read of them. */
  from(read: string): string;
  /** @param userId the viewer; null while compiling */
  filters(args: Record<string, unknown>, userId: number | null): readonly Filter[];
  /** An expression for the fingerprint of a page, given the parent's key; null if there is none. */
  print?(parent: string, page: PageRows): string | null;
  write(thing: Thing, sets: readonly SelectionSetNode[]): Write;
}

/** The history of a version's record, or of a phase of a workflow. */
export function historyOf(compiler: Compiler, phase: PhaseDeclaration, workflow?: '$.workflow_id'): Listed {
  const isOfRecord = !workflow || phase.versioning === 'FULL';
  const list = isOfRecord ? historyList : historyOfPhase;
  return {
    // A workflow has one record of a drafted phase.
    list: workflow ? { ...list, ofParent: 'v.stream_id = p.parent' } : list,
    max: MAX_PAGE,
    parent: workflow ?? '$.master_record_id',
    row: 'v',
    isShownInThePast: isThereToday('v'),
    from: () => list.from,
    filters: ({ statuses, includeDeleted, filter, orderBy }) => {
      if (filter != null || orderBy != null) throw new NotPlanned('a choice among many');
      if (includeDeleted === true) throw new NotPlanned('deleted versions, which not everybody may see');
      return [
        ...(workflow ? [ofPhase(phase)] : []),
        notDeleted,
        ...(statuses ? [inStatuses(statuses as VersionStatus[])] : []),
      ];
    },
    print: (key, page) =>
      fingerprintOfVersions(
        workflow ? `v.stream_id = ${key} and v.phase = '${phase.key}'` : `v.master_record_id = ${key}`,
        page,
      ),
    write: (thing, sets) => compiler.version(phase, thing, sets),
  };
}

/** The latest version of each record of a phase in a workflow. */
export const recordsOf = (compiler: Compiler, phase: PhaseDeclaration): Listed => ({
  list: recordList(false),
  max: MAX_PAGE,
  parent: '$.workflow_id',
  row: 'v',
  isShownInThePast: isThereToday('v'),
  from: () => recordList(false).from,
  filters: ({ filter, orderBy }) => {
    if (filter != null || orderBy != null) throw new NotPlanned('a choice among many');
    return [ofPhase(phase)];
  },
  write: (thing, sets) => compiler.version(phase, thing, sets),
});

export const itemsOf = (compiler: Compiler, phase: FullPhase): Listed => ({
  list: itemList(phase),
  max: MAX_ITEMS_PAGE,
  parent: '$.version_id',
  row: 'i',
  from: (read) => itemSource(phase, read),
  filters: ({ search, reviewStatus, filter, orderBy }) => {
    if (search != null) throw new NotPlanned('looking for a text');
    if (filter != null || orderBy != null) throw new NotPlanned('a choice among many');
    return reviewStatus ? [inReviewStatuses(phase, reviewStatus as ItemReviewStatus[])] : [];
  },
  print: (key, page) => fingerprintOfItems(phase, key, page),
  write: (thing, sets) => compiler.item(phase, thing, sets),
});

/** The filters in the arguments as conditions of a statement, with parameters taken from each request. */
export const conditionsOf = (
  compiler: Compiler,
  statement: Statement,
  field: AnyField,
  node: FieldNode,
  filters: Listed['filters'],
): string[] =>
  filters(compiler.argumentsOf(field, node), null).map(({ sql }, filter) =>
    sql.replace(/\$(\d+)/g, (_, n: string) =>
      statement.parameter(
        (run) => filters(run.argumentsOf(field, node), run.context.userId)[filter]!.parameters[Number(n) - 1],
      ),
    ),
  );

export class Connection extends List {
  readonly #pages: PageWriter;
  #key = -1;
  /** The position of the entry's sort value; null if no order was requested. */
  #sort: number | null = null;
  /** The position of the flag for whether a row is visible; null if all are. */
  #shown: number | null = null;
  #rows: PageRows | null = null;
  readonly #counts: string[] = [];
  readonly write: Write;

  constructor(
    compiler: Compiler,
    private readonly field: AnyField,
    private readonly nodes: readonly FieldNode[],
    private readonly listed: Listed,
    thing: Thing,
  ) {
    super(compiler, thing, listed.parent);
    this.#asked(); // throws if this cannot be planned
    this.#pages = new PageWriter(compiler, field, nodes, {
      cursor: (page, entry) => this.#cursor(page, entry),
      totalCount: () => this.#totalCount(),
    });
    this.write = this.piece((run, rows, from, to) =>
      this.#pages.write(this.#page(run, this.segment(run, rows, from, to)), rows[from]!),
    );
    thing.level.lists.push(this);
  }

  #asked = (): PageRequest => pageAsked(this.compiler, this.field, this.nodes[0]!, this.listed.list, this.listed.max);

  #cursor({ rows, spans, request: { order } }: Page, entry: number): string {
    const row = rows[spans[entry]![0]]!;
    const sort = this.#sort === null ? undefined : { field: order!.field, value: row[this.#sort]! };
    return encode(this.listed.list, row[this.#key]!, sort);
  }

  #requestOf = (run: Run): PageRequest => run.page(this.field, this.nodes[0]!, this.listed.list, this.listed.max);

  #conditions = (statement: Statement): string[] =>
    conditionsOf(this.compiler, statement, this.field, this.nodes[0]!, this.listed.filters);

  protected override printOf(parent: string): (() => string) | null {
    return this.listed.print ? () => this.listed.print!(parent, this.#rows!)! : null;
  }

  protected read(statement: Statement, parent: string): void {
    const { list, row } = this.listed;
    const { cursor, backwards, order: asked } = this.#asked();
    const isDescending = (asked ? asked.descending : list.newestFirst) !== backwards;
    const direction = isDescending ? 'desc' : 'asc';
    const sort = sortOf(list, asked);
    const filters = this.#conditions(statement);
    const conditions = [list.ofParent.replaceAll('p.parent', parent), ...filters];
    if (cursor !== null) {
      const given = `${statement.parameter((run) => this.#requestOf(run).cursor)}::${list.keyType}`;
      const [place, here] = sort
        ? [
            `(${sort.sql}, ${list.key})`,
            `(${statement.parameter((run) => this.#requestOf(run).order!.from)}::${sort.type}, ${given})`,
          ]
        : [list.key, given];
      conditions.push(`${place} ${isDescending ? '<' : '>'} ${here}`);
    }
    const { asksMore } = this.#pages;
    const limit = `${statement.parameter((run) => this.#requestOf(run).limit + (asksMore ? 1 : 0))}::int`;
    const where = conditions.map((condition) => `(${condition})`).join(' and ');
    const order = [...(sort ? [sort.sql] : []), list.key].map((sql) => `${sql} ${direction}`).join(', ');
    let unlessKept = '';
    const rows = subquery(
      statement,
      row,
      (selected) =>
        `select ${selected} from ${this.listed.from(`${selected} ${where}`)} where ${where}${unlessKept} order by ${order} limit ${limit}`,
    );
    const key = rows.sql(list.key);
    this.#key = statement.place(key);
    if (sort) {
      this.#sort = statement.place(rows.sql(sort.sql));
      statement.orderBy(`${rows.sql(sort.sql)} ${direction}`);
    }
    statement.orderBy(`${key} ${direction}`);
    if (this.listed.isShownInThePast) this.compiler.readsToday();
    if (statement.horizon && this.listed.isShownInThePast)
      this.#shown = statement.place(rows.sql(this.listed.isShownInThePast));
    const reads = this.compiler.readsIn(() =>
      this.#pages.writeNodes((sets) => this.listed.write({ rows, level: this.level }, sets)),
    );
    this.#rows = {
      where,
      order,
      limit,
      isFiltered: filters.length > 0,
      counts: this.#counts,
      reads,
    };
    if (this.keeping && this.listed.print!(parent, this.#rows) !== null) unlessKept = ` and ${this.keeping.use()}`;
  }

  #page(run: Run, segment: Segment): Page {
    const { rows, from, to } = segment;
    for (let at = from; this.#shown !== null && at < to; at++)
      if (rows[at]![this.#shown] === 'f' && !run.seesAll) throw new PlanAborted('hidden today');
    return pageOf(run, segment, this.#key, this.#requestOf(run));
  }

  /** Counted beside the parent. */
  #totalCount(): WritePage {
    const { list, parent, isShownInThePast } = this.listed;
    const { rows, level } = this.thing;
    const conditions = [list.ofParent.replaceAll('p.parent', rows.sql(parent)), ...this.#conditions(rows.statement)];
    const counted = (where: string): number => {
      level.width++;
      return rows.statement.place(`(select count(*) from ${this.listed.from(where)} where ${where})`);
    };
    const where = conditions.map((condition) => `(${condition})`).join(' and ');
    const place = counted(where);
    this.#counts.push(rows.statement.at(place));
    if (!rows.statement.horizon || !isShownInThePast) return (_, parentRow) => parentRow[place]!;
    const hidden = counted(`${where} and not ${isShownInThePast}`);
    return ({ run }, parentRow) => {
      if (parentRow[hidden] !== '0' && !run.seesAll) throw new PlanAborted('hidden today');
      return parentRow[place]!;
    };
  }
}
