/**
 * Plans the difference between two versions of a record. Both are joined to the version that was asked, and the differing items are read
 * side by side with their content. The core computes the difference, as it does for resolvers.
 */
import type { FieldNode } from 'graphql';
import type { TextRow } from '../../database/connection/statements';
import { comparedSides, itemKind, itemLabel } from '../../database/versions/items';
import { fieldChanges, patchOf, pointer, type FieldChange, type PatchOperation } from '../../versioning/diff';
import type { Json, JsonObject } from '../../versioning/model';
import type { FullPhase } from '../../versioning/phase';
import { connectComputed, encode, MAX_ITEMS_PAGE, type ConnectionArgs } from '../connection';
import type { Compiler, Thing, Write } from './compile';
import { Content } from './content';
import { NotPlanned } from './plan-errors';
import { List, type OwnList } from './list';
import { pageAsked, PageWriter, type Page } from './pages';
import { fingerprintOfContent } from './fingerprints';
import type { Run } from './run';
import { below, type AnyField } from './selections';

import { baseOf, requireVisible, versionNumbered } from './version-rows';
import { subquery, type Rows, type Statement } from './statement';

const CHANGED = { name: 'changed-items', keyType: 'uuid' } as const;

/** The columns of a differing item: its key, the kind of change, and its content in both versions. */
interface Places {
  readonly itemKey: number;
  readonly kind: number;
  readonly label: number;
  readonly before: Content;
  readonly after: Content;
}

const written = (json: Json | undefined): string => JSON.stringify(json ?? null);
const parts: Readonly<Record<string, (change: FieldChange) => string>> = {
  __typename: () => '"FieldChange"',
  path: ({ path }) => written(path),
  kind: ({ kind }) => written(kind),
  before: ({ before }) => written(before),
  after: ({ after }) => written(after),
};

function held(run: Run, changes: readonly FieldChange[]): readonly FieldChange[] {
  run.showFieldChanges(changes.length);
  return changes;
}

export class Comparison extends List {
  readonly #from: Thing;
  readonly #to: Thing;
  readonly write: Write;
  #places: Places | null = null;

  constructor(
    compiler: Compiler,
    private readonly phase: FullPhase,
    field: AnyField,
    nodes: readonly FieldNode[],
    thing: Thing,
  ) {
    super(compiler, thing, '$.version_id');
    const node = nodes[0]!;
    const { from, to, fromAt } = compiler.argumentsOf(field, node);
    if (fromAt != null) throw new NotPlanned('from another instant');
    const numbered = (argument: 'from' | 'to'): Thing => ({
      rows: versionNumbered(thing, (run) => run.argumentsOf(field, node)[argument]),
      level: thing.level,
    });
    this.#from = from == null ? baseOf(thing) : numbered('from');
    this.#to = to == null ? thing : numbered('to');
    const write = compiler.fields(compiler.namedType(field), below(nodes), (asked, askedNodes) =>
      this.#part(asked, askedNodes),
    );
    const holdFrom = requireVisible(compiler, this.#from);
    const holdTo = to == null ? null : requireVisible(compiler, this.#to);
    const base = from == null ? compiler.place(thing, '$.base_version_id') : null;
    this.write = (run, rows, from, end) => {
      holdTo?.(run, rows[from]!);
      if (base !== null && rows[from]![base] === null) return 'null';
      holdFrom(run, rows[from]!);
      return write(run, rows, from, end);
    };
    thing.level.lists.push(this);
  }

  #part(field: AnyField, nodes: readonly FieldNode[]): Write {
    switch (field.name) {
      case 'from':
        return this.compiler.version(this.phase, this.#from, below(nodes));
      case 'to':
        return this.compiler.version(this.phase, this.#to, below(nodes));
      case 'items':
        return this.piece(this.#items(field, nodes));
      case 'fields': {
        const [before, after] = this.#contents();
        const write = this.#fieldChanges(field, nodes);
        // Not made from the item rows.
        return (run, rows, from) => {
          const row = rows[from]!;
          return write(held(run, fieldChanges(before.of(row, after), after.of(row, before))));
        };
      }
      case 'summary':
        return this.piece(this.#summary(field, nodes));
      case 'patch': {
        const [before, after] = this.#contents();
        return this.piece((_, rows, from, to) => {
          const row = rows[from]!;
          const own = patchOf(before.of(row, after), after.of(row, before), '/content');
          return written([...own, ...this.#changed(rows, from, to).flatMap((at) => this.#patch(rows[at]!))] as Json);
        });
      }
    }
    throw new NotPlanned(`VersionDiff.${field.name}`);
  }

  /** The versions' own content. */
  #contents(): [Content, Content] {
    const fields = this.phase.version.fields;
    const content = (version: Thing) => {
      const rows = this.compiler.detailed(this.phase, version.rows);
      return new Content(fields, (expression) => this.compiler.place({ ...version, rows }, expression), '@');
    };
    return [content(this.#from), content(this.#to)];
  }

  #fieldChanges(field: AnyField, nodes: readonly FieldNode[]): (changes: readonly FieldChange[]) => string {
    const entries = [...this.compiler.collect(this.compiler.namedType(field), below(nodes))].map(([key, [node]]) => {
      const part = parts[node!.name.value];
      if (!part) throw new NotPlanned(`FieldChange.${node!.name.value}`);
      return { key: `"${key}":`, part };
    });
    const one = (change: FieldChange) => `{${entries.map(({ key, part }) => key + part(change)).join(',')}}`;
    return (changes) => `[${changes.map(one).join(',')}]`;
  }

  #summary(field: AnyField, nodes: readonly FieldNode[]): Write {
    const [before, after] = this.#contents();
    const all = this.compiler.place(
      this.#to,
      `(select count(*) from ${this.phase.item.table} c where c.version_id = $.version_id)`,
    );
    const kinds = (answered: readonly TextRow[], from: number, to: number, kind: string) =>
      this.#changed(answered, from, to).filter((at) => answered[at]![this.#places!.kind] === kind).length;
    return this.compiler.fields(this.compiler.namedType(field), below(nodes), ({ name }) => {
      switch (name) {
        case 'unchanged':
          return (_, answered, from, to) => {
            const differing = kinds(answered, from, to, 'ADDED') + kinds(answered, from, to, 'CHANGED');
            return String(Number(answered[from]![all]) - differing);
          };
        case 'fieldsChanged':
          return (_, answered, from) => {
            const row = answered[from]!;
            return String(fieldChanges(before.of(row, after), after.of(row, before)).length);
          };
        default:
          return (_, answered, from, to) => String(kinds(answered, from, to, name.toUpperCase()));
      }
    });
  }

  #items(field: AnyField, nodes: readonly FieldNode[]): Write {
    const node = nodes[0]!;
    const { filter, orderBy } = this.compiler.argumentsOf(field, node);
    if (filter != null || orderBy != null) throw new NotPlanned('a choice among many');
    pageAsked(this.compiler, field, node, CHANGED, MAX_ITEMS_PAGE);
    const writer = new PageWriter(this.compiler, field, nodes, {
      cursor: ({ rows, spans }, entry) => encode(CHANGED, rows[spans[entry]![0]]![this.#places!.itemKey]!),
      totalCount: () => (page) => String(page.total),
    });
    const itemType = this.compiler.namedType(this.compiler.namedType(field).getFields().nodes!);
    writer.writeNodes((sets) =>
      this.compiler.fields(itemType, sets, (asked, askedNodes) => this.#item(asked, askedNodes)),
    );
    return (run, rows, from, to) => {
      const { kinds, ...args } = run.argumentsOf(field, node) as { kinds?: string[] | null } & ConnectionArgs;
      const wanted = this.#changed(rows, from, to).filter(
        (at) => !kinds || kinds.includes(rows[at]![this.#places!.kind]!),
      );
      const keyOf = (at: number) => rows[at]![this.#places!.itemKey]!;
      const { nodes: ats, pageInfo } = connectComputed(CHANGED.name, wanted, keyOf, args, (at) => at, {
        max: MAX_ITEMS_PAGE,
      });
      const request = run.page(field, node, CHANGED, MAX_ITEMS_PAGE);
      const page: Page = {
        run,
        rows,
        spans: ats.map((at) => [at, at + 1] as const),
        request,
        hasMore: request.backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage,
        total: wanted.length,
      };
      return writer.write(page, rows[from]!);
    };
  }

  #item(field: AnyField, nodes: readonly FieldNode[]): Write {
    const cell =
      (place: (places: Places) => number): Write =>
      (_, rows, from) =>
        written(rows[from]![place(this.#places!)]);
    switch (field.name) {
      case 'itemKey':
        return cell(({ itemKey }) => itemKey);
      case 'label':
        return cell(({ label }) => label);
      case 'kind':
        return cell(({ kind }) => kind);
      case 'fields': {
        const write = this.#fieldChanges(field, nodes);
        return (run, rows, from) => write(held(run, fieldChanges(...this.#both(rows[from]!))));
      }
    }
    throw new NotPlanned(`ItemChange.${field.name}`);
  }

  /** An item's content before and after; for an item in both, only the fields whose texts differ. */
  #both(row: TextRow): [JsonObject, JsonObject] {
    const { kind, before, after } = this.#places!;
    if (row[kind] === 'ADDED') return [{}, after.of(row)];
    if (row[kind] === 'REMOVED') return [before.of(row), {}];
    return [before.of(row, after), after.of(row, before)];
  }

  #patch(row: TextRow): PatchOperation[] {
    const { kind, itemKey, after } = this.#places!;
    const path = pointer('items', row[itemKey]!);
    if (row[kind] === 'REMOVED') return [{ op: 'remove', path }];
    if (row[kind] === 'ADDED') return [{ op: 'add', path, value: after.of(row) }];
    return patchOf(...this.#both(row), path);
  }

  #changed(rows: readonly TextRow[], from: number, to: number): number[] {
    const { kind } = this.#places!;
    const changed: number[] = [];
    for (let at = from; at < to; at++) if (rows[at]![kind] !== null) changed.push(at);
    return changed;
  }

  override build(isFolded: boolean, own: OwnList[], isOfOne: boolean): void {
    if (!isFolded) throw new NotPlanned('a difference beside other lists');
    super.build(isFolded, own, isOfOne);
  }

  #versions = (): string[] => [this.#from, this.#to].map(({ rows }) => rows.sql('$.version_id'));

  /** Also for drafts: a difference depends only on the content of both versions. */
  protected override printOf(): () => string {
    return () => fingerprintOfContent(this.phase, this.#versions());
  }

  protected read(statement: Statement): void {
    const [from, to] = this.#versions();
    const unlessKept = this.keeping ? `and ${this.keeping.use()}` : '';
    const rows: Rows = subquery(
      statement,
      'c',
      (selected) =>
        `select ${selected} from ${comparedSides(this.phase, from!, to!)} cross join lateral (select ${itemKind} as kind, ${itemLabel} as label offset 0) c where c.kind is not null ${unlessKept} offset 0`,
    );
    const fields = this.phase.item.fields;
    const place = (expression: string) => this.compiler.place({ rows, level: this.level }, expression);
    this.#places = {
      itemKey: place('item_key'),
      kind: place('c.kind'),
      label: place('c.label'),
      before: new Content(fields, place, 'a'),
      after: new Content(fields, place, 'b'),
    };
    statement.orderBy(rows.sql('c.label'), rows.sql('item_key'));
  }
}
