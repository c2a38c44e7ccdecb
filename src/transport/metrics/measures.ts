/**
 * Metrics for Prometheus: operations, commits, connections, and uses of deprecated fields. Labels have a bounded set of values whatever
 * clients send: unknown ones become `other`.
 */
import type { OperationDefinitionNode } from 'graphql';
import type * as Prometheus from 'prom-client';
import { commitsSince, type SeenCommits } from '../../database/log/change-log';
import type { Database } from '../../database/connection/database';
import type { Standbys } from '../../database/connection/standbys';
import type { LogSubscriptions } from '../../database/live/log-subscriptions';
import type { Deliverer } from '../../delivery/deliverer';
import type { RefusalRecorder } from '../../delivery/refusal-recorder';
import type { Checkpoints } from '../../proof/checkpoints';
import type { VerifiedChains } from '../../proof/verified-chains';
import { deprecatedIn, deprecatedInVariables } from './deprecated-uses';
import type { KnownOperation } from '../operations/plans';
import { watchBackgroundWork } from './background-measures';
import { watchChains } from './chain-measures';
import { watchDeliveries, watchRefusals } from './delivery-measures';
import { watchWork } from './work-measures';

/** The maximum number of client names that are distinguished. */
const MAX_CLIENTS = 50;
const CLIENT_NAME = /^[\w .:/@-]{1,64}$/;
const OTHER = 'other';

/** The properties of an operation that never change. */
interface Described {
  readonly operation: string;
  readonly type: string;
  readonly deprecated: readonly string[];
}

interface MeasuresOptions {
  readonly db: Database;
  readonly followers: LogSubscriptions;
  readonly deliverer: Deliverer | null;
  readonly checkpoints: Checkpoints | null;
  readonly verified: VerifiedChains;
  readonly recorder: RefusalRecorder;
  /** Whether a document was reviewed with its client, or is our own; such operations are counted by name. */
  readonly isKnown: (text: string) => boolean;
}

export class Measures {
  readonly #registry: Prometheus.Registry;
  readonly #operations: Prometheus.Counter<'operation' | 'type' | 'outcome'>;
  readonly #durations: Prometheus.Histogram<'type'>;
  readonly #deprecated: Prometheus.Counter<'coordinate' | 'client'>;
  readonly #described = new WeakMap<OperationDefinitionNode, Described>();
  readonly #clients = new Set<string>();

  private constructor(
    { collectDefaultMetrics, Counter, Histogram, Registry }: typeof Prometheus,
    private readonly isKnown: MeasuresOptions['isKnown'],
  ) {
    this.#registry = new Registry();
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#operations = new Counter({
      name: 'phaseledger_operations_total',
      help: 'GraphQL operations, by operation name, type and outcome (ok, or the code of the first error)',
      labelNames: ['operation', 'type', 'outcome'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'phaseledger_operation_duration_seconds',
      help: 'The duration of GraphQL operations',
      labelNames: ['type'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#deprecated = new Counter({
      name: 'phaseledger_deprecated_uses_total',
      help: 'Operations that used deprecated parts of the schema, by schema coordinate and client name',
      labelNames: ['coordinate', 'client'],
      registers,
    });
  }

  /** prom-client is loaded on demand, because it uses memory and watches the event loop. */
  static async start({
    db,
    followers,
    deliverer,
    checkpoints,
    verified,
    recorder,
    isKnown,
  }: MeasuresOptions): Promise<Measures> {
    const prometheus = await import('prom-client');
    const measures = new Measures(prometheus, isKnown);
    measures.#watch(prometheus, db, followers);
    if (db.standbys) measures.#watchReads(prometheus, db.standbys);
    watchWork(prometheus, [measures.#registry], db, checkpoints);
    watchChains(prometheus, [measures.#registry], verified);
    watchBackgroundWork(prometheus, [measures.#registry], db);
    await measures.#countCommits(prometheus, db);
    watchRefusals(prometheus, [measures.#registry], recorder);
    if (deliverer) watchDeliveries(prometheus, [measures.#registry], deliverer);
    return measures;
  }

  #watch({ Gauge }: typeof Prometheus, db: Database, followers: LogSubscriptions): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'phaseledger_pool_connections',
      help: 'Connections to the database, by pool and whether they are in use',
      labelNames: ['pool', 'state'],
      registers,
      collect() {
        for (const [index, pool] of ['present', 'past'].entries()) {
          const { totalCount, idleCount } = db.pools[index]!;
          this.set({ pool, state: 'idle' }, idleCount);
          this.set({ pool, state: 'busy' }, totalCount - idleCount);
        }
      },
    });
    new Gauge({
      name: 'phaseledger_waiting',
      help: 'Work that waits for a database connection, by kind; streams: writers that wait for each other',
      labelNames: ['work'],
      registers,
      collect() {
        const { reading, writing, readingAtLength, readingThePast, streams } = db.shares;
        for (const [work, share] of Object.entries({ reading, writing, readingAtLength, readingThePast, streams }))
          this.set({ work }, share.waiting);
      },
    });
    new Gauge({
      name: 'phaseledger_subscriptions',
      help: 'Open subscriptions',
      registers,
      collect() {
        this.set(followers.size);
      },
    });
  }

  #watchReads({ Counter }: typeof Prometheus, { counts }: Standbys): void {
    new Counter({
      name: 'phaseledger_reads_total',
      help: 'Statements read from a standby, and from the primary because no standby was ready',
      labelNames: ['at'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [at, count] of Object.entries(counts)) this.inc({ at }, count);
      },
    });
  }

  /** Commits by any server and tool since this server started. */
  async #countCommits({ Counter, Gauge }: typeof Prometheus, db: Database): Promise<void> {
    let seen: SeenCommits | null = null;
    let looking: Promise<void> | null = null;
    const up = new Gauge({
      name: 'phaseledger_database_up',
      help: 'Whether the database answered at this scrape',
      registers: [this.#registry],
    });
    // Concurrent scrapes must not count anything twice.
    const look = () => (looking ??= lookOnce().finally(() => (looking = null)));
    const commits = new Counter({
      name: 'phaseledger_commits_total',
      help: 'Commits to the log since this server started, by origin',
      labelNames: ['origin'],
      registers: [this.#registry],
      collect: look,
    });
    async function lookOnce(): Promise<void> {
      try {
        const news = await commitsSince(db, seen);
        for (const [origin, total] of news.counts) commits.inc({ origin }, total);
        seen = news.seen;
        up.set(1);
      } catch {
        up.set(0);
      }
    }
    await look();
  }

  #describe({ schema, document, operation }: KnownOperation): Described {
    let described = this.#described.get(operation);
    if (!described) {
      const isNamed = this.isKnown(document.loc?.source.body ?? '');
      described = {
        operation: (isNamed && operation.name?.value) || OTHER,
        type: operation.operation,
        deprecated: deprecatedIn(schema, document),
      };
      this.#described.set(operation, described);
    }
    return described;
  }

  #client(name: unknown): string {
    if (typeof name !== 'string' || !CLIENT_NAME.test(name)) return OTHER;
    if (!this.#clients.has(name) && this.#clients.size >= MAX_CLIENTS) return OTHER;
    this.#clients.add(name);
    return name;
  }

  /** Counts the deprecated parts that an operation uses. */
  noteUses(known: KnownOperation, variables: Readonly<Record<string, unknown>>, client: unknown): void {
    const used = [
      ...this.#describe(known).deprecated,
      ...deprecatedInVariables(known.schema, known.operation, variables),
    ];
    for (const coordinate of new Set(used)) this.#deprecated.inc({ coordinate, client: this.#client(client) });
  }

  /** Counts an answered operation; null if it could not even be identified. */
  noteAnswer(known: KnownOperation | null, outcome: string, began: number): void {
    const { operation, type } = known ? this.#describe(known) : { operation: OTHER, type: OTHER };
    this.#operations.inc({ operation, type, outcome });
    this.#durations.observe({ type }, (performance.now() - began) / 1000);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
