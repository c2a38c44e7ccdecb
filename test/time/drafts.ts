/** Drafts of one record, side by side: what the tests of restoring, merging and blaming have in common. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { fullPhaseOf } from '../../src/phases';
import {
  RebaseVersionDocument,
  VersionWithItemsDocument,
  type MergeSide,
  type RebaseVersionMutation,
  type VersionWithItemsQuery,
} from '../generated/graphql';
import {
  approverOf,
  decideAll,
  itemKeys,
  mutate,
  sampleContent,
  sampleItem,
  signAll,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { ada, aud, workflow, type World } from '../support/world';

export type Fields = Record<string, unknown>;
export interface ReadItem {
  readonly itemId: string;
  readonly itemKey: string;
  readonly label: string;
  readonly reviewStatus: string;
  readonly content: Fields;
  readonly decision?: {
    decidedBy: { userId: number };
    decidedInVersion?: { versionId: string } | null;
  } | null;
  readonly carriedFromVersion?: { versionId: string } | null;
  readonly carriedFromItem?: { itemId: string } | null;
}
type Whole = Omit<NonNullable<VersionWithItemsQuery['phaseVersion']>, 'items' | 'content'>;
export interface ReadVersion extends Whole {
  readonly content: Fields;
  /** By key. */
  readonly items: Readonly<Record<string, ReadItem>>;
}

export type Rebased = NonNullable<RebaseVersionMutation['rebaseVersion']>;
export interface Resolved {
  readonly itemKey?: string | null;
  readonly path: string;
  readonly take: MergeSide;
}

const sha256 = (value: unknown) => createHash('sha256').update(canonicalize(value)!, 'utf8').digest('hex');

/** What anybody recomputes from a version as it was read. */
export const recomputed = ({ content, items }: Pick<ReadVersion, 'content' | 'items'>): string =>
  sha256({
    content,
    items: Object.fromEntries(Object.entries(items).map(([key, item]) => [key, sha256(item.content)])),
  });

/** The items' contents by their keys. */
export const contents = ({ items }: ReadVersion): Record<string, Fields> =>
  Object.fromEntries(Object.entries(items).map(([key, { content }]) => [key, content]));

export interface Commit {
  readonly operation: string;
  readonly actorId: number | null;
  readonly versionIds: readonly string[];
}

/** Does something, and says which commits it made, and whether it left any other trace in the log. */
export async function committing<T>(world: World, work: () => Promise<T>): Promise<{ result: T; commits: Commit[] }> {
  const state = () =>
    world.sql<{ commits: number; rows: number; keys: number; stamp: string }>(
      'superuser',
      `select (select count(*)::int from log.change_set) as commits, (select count(*)::int from log.row_change) as rows,
         (select count(*)::int from log.idempotency_key) as keys, (select max(committed_at)::text from log.change_set) as stamp`,
    );
  const [before] = await state();
  const result = await work();
  const [later] = await state();
  if (later!.commits === before!.commits) expect(later).toEqual(before);
  const commits = await world.sql<Commit>(
    'superuser',
    `select operation, actor_id as "actorId", version_ids::text[] as "versionIds" from log.change_set
     where committed_at > $1::timestamptz order by committed_at`,
    [before!.stamp],
  );
  return { result, commits };
}

/** When the version's last commit was made. */
export const lastCommit = async (world: World, { versionId }: Pick<BuiltVersion, 'versionId'>): Promise<string> =>
  (
    await world.get(
      aud,
      `query ($id: UUID!) { phaseVersion(versionId: $id) { changes(first: 1) { nodes { committedAt } } } }`,
      { id: versionId },
    )
  ).phaseVersion.changes.nodes[0].committedAt as string;

/** Who the capture recorded as having written to a version. */
export const editorsOf = async (world: World, { versionId }: Pick<BuiltVersion, 'versionId'>): Promise<number[]> =>
  (
    await world.sql<{ user_id: number }>(
      'owner',
      'select user_id from version_editor where version_id = $1 order by 1',
      [versionId],
    )
  ).map((row) => row.user_id);

/** The drafts of one phase in one world. */
export class Drafts {
  constructor(
    readonly world: World,
    readonly phase: string,
    readonly of = workflow,
  ) {}

  private wrapped(items: readonly Fields[]) {
    return { [fullPhaseOf(this.phase).item.input]: items };
  }

  start(
    options: {
      by?: number;
      items?: readonly Fields[];
      content?: Fields;
      carryForward?: 'APPROVED_ITEMS' | 'ALL_ITEMS' | 'NONE';
      parentVersionId?: string;
    } = {},
  ): Promise<BuiltVersion> {
    const { by = ada, items, content, ...rest } = options;
    return mutate(this.world, by, 'createVersion', 'CreateVersionInput', {
      cycleId: this.of.cycleId,
      reportId: this.of.reportId,
      phase: this.phase,
      ...rest,
      ...(items && { items: this.wrapped(items) }),
      ...(content && { content: { [fullPhaseOf(this.phase).version.input]: content } }),
    });
  }

  put({ versionId, revision }: BuiltVersion, items: readonly Fields[], by = ada): Promise<BuiltVersion> {
    return mutate(this.world, by, 'putItems', 'PutItemsInput', {
      versionId,
      expectedRevision: revision,
      items: this.wrapped(items),
    });
  }

  /** Changes fields of an item that is there. */
  async edit(version: BuiltVersion, itemKey: string, fields: Fields, by = ada): Promise<BuiltVersion> {
    const { content } = (await this.read(version)).items[itemKey]!;
    return this.put(version, [{ ...content, itemKey, ...fields }], by);
  }

  remove({ versionId, revision }: BuiltVersion, keys: readonly string[], by = ada): Promise<BuiltVersion> {
    return mutate(this.world, by, 'removeItems', 'RemoveItemsInput', {
      versionId,
      expectedRevision: revision,
      itemKeys: keys,
    });
  }

  update({ versionId, revision }: BuiltVersion, content: Fields, by = ada): Promise<BuiltVersion> {
    return mutate(this.world, by, 'updateVersion', 'UpdateVersionInput', {
      versionId,
      expectedRevision: revision,
      content: { [fullPhaseOf(this.phase).version.input]: content },
      reason: 'As agreed.',
    });
  }

  submit(version: BuiltVersion, by = ada): Promise<BuiltVersion> {
    return transition(this.world, by, 'submitVersion', version);
  }

  withdraw(version: BuiltVersion, by = ada): Promise<BuiltVersion> {
    return transition(this.world, by, 'withdrawVersion', version);
  }

  /** Decides the items named, as their approver. */
  decide(
    { versionId, revision }: BuiltVersion,
    decisions: Readonly<Record<string, string>>,
    by = approverOf(this.phase),
  ): Promise<BuiltVersion> {
    return mutate(this.world, by, 'decideItems', 'DecideItemsInput', {
      versionId,
      expectedRevision: revision,
      decisions: Object.entries(decisions).map(([itemKey, status]) => ({ itemKey, status })),
      reason: 'Read item by item.',
    });
  }

  /** Brings a draft into force; its items are approved, except those that are decided otherwise. */
  async approve(draft: BuiltVersion, otherwise: Readonly<Record<string, string>> = {}): Promise<BuiltVersion> {
    let version = await this.submit(draft);
    const approver = approverOf(this.phase);
    version = await decideAll(this.world, approver, version, this.phase);
    if (Object.keys(otherwise).length > 0) version = await this.decide(version, otherwise);
    await signAll(this.world, version, this.phase);
    return transition(this.world, approver, 'approveVersion', version);
  }

  async reject(draft: BuiltVersion): Promise<BuiltVersion> {
    return transition(this.world, approverOf(this.phase), 'rejectVersion', await this.submit(draft), 'Not yet.');
  }

  /** A version in force with sample items 1 … n and nothing else, and two drafts started from it. */
  async fork(items = 3): Promise<{ base: BuiltVersion; ours: BuiltVersion; theirs: BuiltVersion; keys: string[] }> {
    const base = await this.approve(
      await this.start({
        carryForward: 'NONE',
        content: sampleContent(this.phase)[fullPhaseOf(this.phase).version.input] as Fields,
        items: Array.from({ length: items }, (_, i) => sampleItem(this.phase, i + 1)),
      }),
    );
    return {
      base,
      ours: await this.start(),
      theirs: await this.start(),
      keys: await itemKeys(this.world, base.versionId),
    };
  }

  async read({ versionId }: Pick<BuiltVersion, 'versionId'>, as = aud): Promise<ReadVersion> {
    const { phaseVersion } = await this.world.run(as, VersionWithItemsDocument, { versionId });
    const { items, content, ...rest } = phaseVersion!;
    return {
      ...rest,
      content,
      items: Object.fromEntries(items.nodes.map((item) => [item.itemKey, item as ReadItem])),
    };
  }

  async rebase(
    { versionId, revision }: BuiltVersion,
    options: { by?: number; resolutions?: readonly Resolved[]; dryRun?: boolean; idempotencyKey?: string } = {},
  ): Promise<Rebased> {
    const { by = ada, resolutions, ...rest } = options;
    const { rebaseVersion } = await this.world.run(by, RebaseVersionDocument, {
      input: { versionId, expectedRevision: revision, ...rest, ...(resolutions && { resolutions: [...resolutions] }) },
    });
    return rebaseVersion!;
  }

  /** The code of the refusal of a rebase. */
  async rebaseRefused(
    { versionId, revision }: BuiltVersion,
    options: { by?: number; resolutions?: readonly Resolved[]; dryRun?: boolean } = {},
  ): Promise<string | undefined> {
    const { by = ada, resolutions, ...rest } = options;
    const refusal = await this.world.refusal(by, RebaseVersionDocument, {
      input: { versionId, expectedRevision: revision, ...rest, ...(resolutions && { resolutions: [...resolutions] }) },
    });
    return refusal?.extensions.code;
  }
}

/** The version as builders know it, after a rebase. */
export const after = (rebased: Rebased): BuiltVersion => rebased.version!;
