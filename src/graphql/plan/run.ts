/** One run of a plan for a request: its parameters, the rows that statements return, and what the viewer may see. */
import { getArgumentValues, type FieldNode } from 'graphql';
import type { TextRow } from '../../database/connection/statements';
import type { PagedList, PageRequest } from '../../database/connection/pages';
import type { WorkflowAssignment, UserRole, Viewer } from '../../versioning/model';
import { canSeeDeleted, canSeeWorkflow } from '../../versioning/seeing';
import { holdsNodeIds } from '../node-ids';
import { MAX_FIELD_CHANGES, type Context } from '../context';
import { PlanAborted } from './plan-errors';
import { RunCache } from './text-cache';
import { RunRights, type PlanCaches, type Actor } from './rights-cache';
import type { OwnList } from './list';
import { requestIn } from './pages';
import type { Horizon, Part, Statement } from './statement';
import type { AnyField } from './selections';

/** A range of a statement's rows: those of one object, or of one list. */
export interface Segment {
  readonly rows: readonly TextRow[];
  readonly from: number;
  readonly to: number;
}

const NOTHING: Segment = { rows: [], from: 0, to: 0 };

export class Run {
  readonly #arguments = new Map<FieldNode, Record<string, unknown>>();
  readonly #pages = new Map<FieldNode, PageRequest>();
  readonly #lists = new Map<OwnList, ReadonlyMap<string, Segment>>();
  /** The viewer's assignments to the workflows in the answer. */
  readonly #standing = new Map<string, Actor>();
  readonly #parsed = new Map<string, unknown>();
  /** The horizon, once read: for the views, and as stream positions. */
  horizon: (Horizon & { readonly streams: string }) | null = null;
  readonly kept: RunCache;
  readonly rights: RunRights;
  /** The number of values hidden from viewers who may not see deleted versions. */
  hidden = 0;

  /**
   * @param memory the caches of earlier requests
   * @param at the instant at which everything is read; null for the present
   * @param shown the number of field changes in the answer so far
   */
  constructor(
    readonly context: Context,
    readonly variables: Record<string, unknown>,
    private readonly memory: PlanCaches,
    readonly at: Date | null = null,
    readonly shown = { fieldChanges: 0 },
  ) {
    this.kept = new RunCache(memory.texts, variables);
    this.rights = new RunRights(memory.rights, context.userId, this.kept);
  }

  /** The same request at an instant; resolvers refuse one later than that of the whole operation. */
  asOf(at: Date): Run {
    const { context, variables, memory, shown } = this;
    if (context.past && at > context.past.at) throw new PlanAborted('later than what is around it');
    return new Run(context, variables, memory, at, shown);
  }

  argumentsOf(field: AnyField, node: FieldNode): Record<string, unknown> {
    let known = this.#arguments.get(node);
    if (!known) {
      this.#arguments.set(node, (known = getArgumentValues(field, node, this.variables)));
      if (holdsNodeIds(known)) throw new PlanAborted('an id of an object in the place of a UUID');
    }
    return known;
  }

  page(
    field: AnyField,
    node: FieldNode,
    list: Pick<PagedList, 'name' | 'keyType' | 'orders'>,
    max: number,
  ): PageRequest {
    let known = this.#pages.get(node);
    if (!known) this.#pages.set(node, (known = requestIn(this.argumentsOf(field, node), list, max)));
    return known;
  }

  /** Notes the viewer's assignment to a workflow, read by the statement that reads the data. */
  holdRights(
    streamId: string,
    { isActive, roles }: Pick<Viewer, 'isActive' | 'roles'>,
    assignment: WorkflowAssignment,
  ): void {
    const viewer: Viewer = { userId: this.context.userId, name: '', isActive, roles };
    if (!isActive || !canSeeWorkflow(viewer, assignment)) throw new PlanAborted('not allowed');
    this.#standing.set(streamId, { viewer, assignment });
  }

  hasActor = (streamId: string): boolean => this.#standing.has(streamId);

  actorIn(streamId: string): Actor {
    const standing = this.#standing.get(streamId);
    if (!standing) throw new PlanAborted('of a workflow whose rights were not read');
    return standing;
  }

  seesDeleted(streamId: string): boolean {
    const { viewer, assignment } = this.actorIn(streamId);
    return canSeeDeleted(viewer, assignment);
  }

  /** Counts field changes in the answer, whose number is limited. */
  showFieldChanges(count: number): void {
    this.shown.fieldChanges += count;
    if (this.shown.fieldChanges > MAX_FIELD_CHANGES) throw new PlanAborted('too many changes');
  }

  /** Parses JSON that several fields use only once. */
  parsed<T>(text: string | null | undefined): T | null {
    if (text == null) return null;
    let value = this.#parsed.get(text);
    if (value === undefined) this.#parsed.set(text, (value = JSON.parse(text)));
    return value as T;
  }

  /** Whether the viewer may see deleted versions in all workflows that are read. */
  get seesAll(): boolean {
    return [...this.#standing.keys()].every((streamId) => this.seesDeleted(streamId));
  }

  read(
    statement: Statement,
    parents: readonly string[] = [],
    without: readonly Part[] = [],
  ): Promise<readonly TextRow[]> {
    const { db } = this.context;
    const { horizon } = statement;
    const { text, parameters } = statement.without(...without);
    const values = parameters.map((value) => value(this, parents));
    return horizon ? db.textsOfPast(this.horizon && this.horizon.streams, text, values) : db.texts(text, values);
  }

  /** Reads the lists that have statements of their own, and the lists below them. */
  async complete(lists: readonly OwnList[], rows: readonly TextRow[]): Promise<void> {
    if (lists.length > 0) await Promise.all(lists.map((list) => this.#complete(list, rows)));
  }

  async #complete(list: OwnList, above: readonly TextRow[]): Promise<void> {
    const parents = new Set<string>();
    for (const row of above) if (row[list.parent] !== null) parents.add(row[list.parent]!);
    if (parents.size === 0) return;
    const rows = await this.read(list.statement, [...parents]);
    const segments = new Map<string, Segment>();
    for (let from = 0, to = 1; from < rows.length; from = to++) {
      const key = rows[from]![list.key]!;
      while (to < rows.length && rows[to]![list.key] === key) to++;
      segments.set(key, { rows, from, to });
    }
    this.#lists.set(list, segments);
    await this.complete(list.below, rows);
  }

  listed = (list: OwnList, parent: string): Segment => this.#lists.get(list)?.get(parent) ?? NOTHING;
}

/** A person's roles from the database's text. */
export const rolesIn = (text: string): UserRole[] => JSON.parse(text) as UserRole[];
