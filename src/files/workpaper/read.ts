/** Reads the data of a workpaper at one instant, with the rights of the requester. */
import { getNamedType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { fullPhases } from '../../phases';
import { notFound, tooLarge } from '../../versioning/errors';
import { lastInstant, type Ask } from '../document';
import type { Commit, Differences, Paper, PhasePart, WorkflowHead, PhaseSummary, Version, VersionHead } from './paper';
import { figures, questions } from './questions';

/** More than anybody reads on paper; larger subjects are requested in parts. */
export const LIMITS = { items: 2_500, commits: 20_000, versions: 5_000 };
type Measure = keyof typeof LIMITS;

interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface WorkflowAddress {
  readonly cycleId: string;
  readonly reportId: string;
}

/** The subject of a paper: a version, a workflow, or one of its phases. */
export type Subject = { readonly versionId: string } | (WorkflowAddress & { readonly phase?: string });

const FORMAT = 'phaseledger-workpaper-1';

type Answer = Readonly<Record<string, unknown>>;

/** A workflow as returned, where its last commit is the first entry of a list. */
type AnsweredWorkflow = Omit<WorkflowHead, 'head'> & {
  readonly head: Pick<Page<NonNullable<WorkflowHead['head']>>, 'nodes'>;
};

const placeOf = ({ head, ...place }: AnsweredWorkflow): WorkflowHead => ({ ...place, head: head.nodes[0] ?? null });

const isDrafted = (phase: string): boolean => fullPhases.some(({ key }) => key === phase);

/** The version in force and undeleted ones started since; without one in force, all undeleted ones. */
function shownWhole(history: readonly VersionHead[]): VersionHead[] {
  const inForce = history.find(({ status }) => status === 'APPROVED');
  return history
    .filter(({ isDeleted, versionNumber }) => !isDeleted && versionNumber >= (inForce?.versionNumber ?? 0))
    .toReversed();
}

class Reading {
  private readonly counts: Record<Measure, number> = { items: 0, commits: 0, versions: 0 };

  constructor(
    private readonly ask: Ask,
    private readonly at: string,
  ) {}

  /** The object of a query as plain JSON; null if there is none that the reader may see. */
  async one<T>(question: string, variables: Answer): Promise<T | null> {
    const answer = (await this.ask(question, { ...variables, at: this.at })) as Answer;
    return JSON.parse(JSON.stringify(Object.values(answer)[0])) as T | null;
  }

  /** All pages of one of its lists, found by the path; refuses more entries than a paper may have. */
  private async all<Node>(what: Measure, question: string, variables: Answer, ...path: string[]): Promise<Node[]> {
    const nodes: Node[] = [];
    for (let after: string | null = null; ;) {
      const object: unknown = await this.one(question, { ...variables, after });
      const page = path.reduce((found, name) => (found as Answer)[name], object) as Page<Node>;
      nodes.push(...page.nodes);
      this.hold(what, page.nodes.length);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) return nodes;
    }
  }

  private hold(what: Measure, more: number): void {
    this.counts[what] += more;
    const hint = 'Ask for a workpaper of each phase, or of each version.';
    if (this.counts[what] > LIMITS[what])
      throw tooLarge(`${what} in a workpaper`, LIMITS[what], this.counts[what], hint);
  }

  async version(versionId: string): Promise<{ version: Version; workflow: WorkflowHead; standing: PhaseSummary }> {
    const found = await this.one<Version & { workflow: AnsweredWorkflow; workflowPhase: PhaseSummary }>(
      questions.version,
      {
        versionId,
      },
    );
    if (!found) throw notFound(`Version ${versionId}`);
    const { workflow, workflowPhase: standing, ...head } = found;
    const version = {
      ...head,
      signatures: found.signatures ?? [],
      items: await this.all<Version['items'][number]>('items', questions.items, { versionId }, 'items'),
      before: await this.before(found),
      commits: await this.commitsIn(questions.versionCommits, { versionId }, 'changes'),
    };
    return { version, workflow: placeOf(workflow), standing };
  }

  private async before({ versionId, versionNumber }: VersionHead): Promise<Version['before']> {
    const history = await this.all<VersionHead>('versions', questions.numbers, { versionId }, 'history');
    const earlier = history.map((version) => version.versionNumber).filter((number) => number < versionNumber);
    if (earlier.length === 0) return null;
    const from = Math.max(...earlier);
    const asked = { versionId, from };
    const own = await this.one<{ diff: Omit<Differences, 'items'> }>(questions.differences, asked);
    const items = await this.all<Differences['items'][number]>(
      'items',
      questions.differingItems,
      asked,
      'diff',
      'items',
    );
    return { versionNumber: from, differences: { ...own!.diff, items } };
  }

  /** In chronological order. */
  private async commitsIn(question: string, variables: Answer, ...path: string[]): Promise<Commit[]> {
    return (await this.all<Commit>('commits', question, variables, ...path)).toReversed();
  }

  commits({ cycleId, reportId }: WorkflowAddress, phases: readonly string[] | null): Promise<Commit[]> {
    return this.commitsIn(questions.commits, { cycleId, reportId, phases }, 'changes');
  }

  /** A workflow and the state of its phases. */
  async workflow(address: WorkflowAddress): Promise<{ workflow: WorkflowHead; standings: readonly PhaseSummary[] }> {
    const { cycleId, reportId } = address;
    const found = await this.one<AnsweredWorkflow & { phases: readonly PhaseSummary[] }>(questions.workflow, {
      cycleId,
      reportId,
    });
    if (!found) throw unknownWorkflow(address);
    const { phases: standings, ...answered } = found;
    return { workflow: placeOf(answered), standings };
  }

  async phase({ cycleId, reportId }: WorkflowAddress, standing: PhaseSummary): Promise<PhasePart> {
    const { phase } = standing;
    const asked = { cycleId, reportId, phase };
    const history = await this.all<VersionHead>('versions', questions.versions, asked, 'workflowPhase', 'history');
    const versions: Version[] = [];
    for (const { versionId } of isDrafted(phase) ? shownWhole(history) : [])
      versions.push((await this.version(versionId)).version);
    return { ...standing, history, versions };
  }
}

export const unknownWorkflow = ({ cycleId, reportId }: WorkflowAddress) =>
  notFound(`The workflow of report ${reportId} in cycle ${cycleId}`);

/** A workflow, and the instant of its last commit. */
export async function lastOfWorkflow(
  ask: Ask,
  { cycleId, reportId }: WorkflowAddress,
): Promise<{ readonly workflowId: string; readonly at: string }> {
  const { workflow } = (await ask(questions.latestOfWorkflow, { cycleId, reportId })) as {
    workflow: { workflowId: string; lastChange: { committedAt: Date } | null } | null;
  };
  if (!workflow?.lastChange) throw unknownWorkflow({ cycleId, reportId });
  return { workflowId: workflow.workflowId, at: workflow.lastChange.committedAt.toISOString() };
}

/** The meaning of the figures, from the API's descriptions. */
function definitionsIn(schema: GraphQLSchema): Record<string, string> {
  const type = getNamedType(schema.getType('PhaseMetrics')) as GraphQLObjectType;
  return Object.fromEntries(figures.map((name) => [name, type.getFields()[name]!.description!]));
}

/** What all papers of an instant share. An invalid instant has already been refused by the first query. */
const commonOf = (schema: GraphQLSchema, at: string) =>
  ({ format: FORMAT, at: new Date(at).toISOString(), definitions: definitionsIn(schema) }) as const;

/** A workflow at an instant, for several papers: what they share is read once. */
export class WorkflowAt {
  private found: ReturnType<Reading['workflow']> | null = null;

  constructor(
    private readonly ask: Ask,
    private readonly schema: GraphQLSchema,
    private readonly address: WorkflowAddress,
    readonly at: string,
  ) {}

  place() {
    return (this.found ??= new Reading(this.ask, this.at).workflow(this.address));
  }

  /** The paper of a phase. */
  async phase(key: string): Promise<Extract<Paper, { of: 'PHASE' }>> {
    const reading = new Reading(this.ask, this.at);
    const { workflow, standings } = await this.place();
    const standing = standings.find(({ phase }) => phase === key)!;
    const phase = await reading.phase(this.address, standing);
    const commits = await reading.commits(this.address, [key]);
    return { ...commonOf(this.schema, this.at), of: 'PHASE', workflow, phase, commits };
  }

  /** The paper of all of it. */
  async whole(): Promise<Paper> {
    const reading = new Reading(this.ask, this.at);
    const { workflow, standings } = await this.place();
    const phases: PhasePart[] = [];
    for (const standing of standings) phases.push(await reading.phase(this.address, standing));
    const commits = await reading.commits(this.address, null);
    return { ...commonOf(this.schema, this.at), of: 'WORKFLOW', workflow, phases, commits };
  }
}

/** @param instant by default that of the workflow's last commit, as of which everything is in its current state */
export async function readPaper(ask: Ask, schema: GraphQLSchema, subject: Subject, instant?: string): Promise<Paper> {
  if ('versionId' in subject) {
    const at = instant ?? (await lastInstant(ask, subject.versionId));
    const read = await new Reading(ask, at).version(subject.versionId);
    return { ...commonOf(schema, at), of: 'VERSION', ...read };
  }
  const { phase, ...address } = subject;
  const at = instant ?? (await lastOfWorkflow(ask, address)).at;
  const workflow = new WorkflowAt(ask, schema, address, at);
  return phase === undefined ? workflow.whole() : workflow.phase(phase);
}
