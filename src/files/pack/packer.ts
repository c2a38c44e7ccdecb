/**
 * Makes requested packs one at a time, as long as the server runs. All state that must survive the process is in the database: every
 * completed step, and a lease that expires by itself, so that another server takes over if this one dies.
 */
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { v4 as newLease } from 'uuid';
import type { Db } from '../../database/connection/database';
import { Outage } from '../../outage';
import {
  beginStep,
  endStep,
  failPack,
  finishPack,
  forgetPacks,
  renewPackLease,
  LeaseLost,
  claimPack,
  type PackLease,
} from '../../database/delivery/packs';
import { Poller } from '../../database/delivery/poller';
import type { Context } from '../../graphql/context';
import { requireFullVisibility } from '../../services/request-pack';
import { DomainError } from '../../versioning/errors';
import { Refused } from '../asking';
import type { Ask } from '../document';
import { WorkflowAt } from '../workpaper/read';
import { makeStep, makeWhole, STEPS } from './pack';
import { Store } from './store';

export interface PackerTimes {
  /** The poll interval while nothing is to be made; a request on this server wakes the packer. */
  readonly pollEveryMs: number;
  /** The lease, after which a dead server's pack is taken over. */
  readonly leaseMs: number;
  /** The delay before a failed step is retried. */
  readonly retryMs: number;
}
const TIMES: PackerTimes = { pollEveryMs: 60_000, leaseMs: 60_000, retryMs: 15_000 };

export interface PackerOptions {
  /** Opens a request on behalf of the requester, with their current rights. */
  readonly open: (userId: number, requestId: string) => Promise<{ readonly context: Context; readonly ask: Ask }>;
  readonly schema: GraphQLSchema;
  readonly keptDays: number;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  readonly times?: Partial<PackerTimes> | undefined;
}

const NO_SIGHT = 'The person who requested it may no longer see the whole workflow.';

/** The maximum number of attempts for a step that fails because of an internal error. */
const ATTEMPTS = 5;
/** The maximum number of attempts for a step that is refused for lack of capacity or rate-limit points. */
const PATIENT_ATTEMPTS = 240;

const codeOf = (error: unknown): string | null =>
  error instanceof Refused
    ? ((error.error.extensions?.code as string | undefined) ?? null)
    : error instanceof DomainError
      ? error.code
      : null;
const passing = new Set(['BUSY', 'RATE_LIMITED', 'INTERNAL_SERVER_ERROR']);

export class Packer {
  private readonly times: PackerTimes;
  private readonly rounds: Poller;

  constructor(
    private readonly db: Db,
    private readonly options: PackerOptions,
  ) {
    this.times = { ...TIMES, ...options.times };
    const outage = new Outage(options.logger, {
      begins: 'requested packs cannot be read',
      ends: 'packs are made again',
    });
    this.rounds = new Poller(() => this.look(), outage, 1_000);
  }

  start(): this {
    this.rounds.start();
    return this;
  }

  wake(): void {
    this.rounds.wake();
  }

  /** Resolves when the current step is done; another server takes over the rest at once. */
  stop(): Promise<void> {
    return this.rounds.stop();
  }

  private async look(): Promise<number> {
    const { pollEveryMs, leaseMs, retryMs } = this.times;
    await forgetPacks(this.db);
    const { taken, unfinished } = await claimPack(this.db, newLease(), leaseMs);
    if (taken) {
      await this.make(taken);
      return 0;
    }
    // Another server makes them, or they are to be retried later.
    return unfinished > 0 ? Math.min(pollEveryMs, leaseMs / 4, retryMs) : pollEveryMs;
  }

  private async make(lease: PackLease): Promise<void> {
    let isLost = false;
    const keeping = setInterval(() => {
      void renewPackLease(this.db, lease, this.times.leaseMs).catch((error: unknown) => {
        isLost ||= error instanceof LeaseLost;
      });
    }, this.times.leaseMs / 3);
    try {
      await this.makeSteps(lease, () => isLost);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      await this.fail(lease, error);
    } finally {
      clearInterval(keeping);
    }
  }

  private async makeSteps(lease: PackLease, isLost: () => boolean): Promise<void> {
    const { packId, streamId, requestedBy, cycleId, reportId, asOf } = lease;
    const { open, schema, keptDays, logger } = this.options;
    const { context, ask } = await open(requestedBy, `pack-${packId}`);
    requireFullVisibility(context.viewer);
    await context.recordRead(streamId, 'export:pack');
    const workflow = new WorkflowAt(ask, schema, { cycleId, reportId }, asOf.toISOString());
    for (let step = lease.stepsDone; step < STEPS; step++) {
      if (this.rounds.isStopping) return failPack(this.db, lease, { waitMs: 0, failure: null });
      if (isLost()) throw new LeaseLost('another server is making this pack');
      if (step > lease.stepsDone) requireFullVisibility((await open(requestedBy, `pack-${packId}`)).context.viewer);
      await beginStep(this.db, lease, step);
      const making = { context, workflow, streamId, cycleId, asOf, store: new Store(this.db, lease, step) };
      if (step < STEPS - 1) {
        await makeStep(step, making);
        await endStep(this.db, lease, step);
      } else {
        const { bytes, sha256 } = await makeWhole(making);
        await finishPack(this.db, lease, { steps: STEPS, bytes, sha256, keptDays });
        logger.info({ packId, bytes }, 'a pack was made');
      }
    }
  }

  /** Refusals by the API are reported to the requester, internal errors to operators. */
  private async fail(lease: PackLease, error: unknown): Promise<void> {
    const code = codeOf(error);
    const isPassing = code === null || passing.has(code);
    const isOver =
      !isPassing || lease.attempts >= (code === null || code === 'INTERNAL_SERVER_ERROR' ? ATTEMPTS : PATIENT_ATTEMPTS);
    const said = isPassing ? 'It could not be made. The server’s log has the reason.' : (error as Error).message;
    const failure = isOver ? (code === 'FORBIDDEN' || code === 'UNAUTHENTICATED' ? NO_SIGHT : said) : null;
    this.options.logger.warn({ err: error, packId: lease.packId, isOver }, 'a pack was not made');
    await failPack(this.db, lease, { waitMs: this.times.retryMs, failure });
  }
}
