/**
 * Presence: who has which version open, on whichever server. Each server writes its connected people to a table under a lease that it
 * renews, so if a server dies, its people disappear when the lease expires. One poll a second serves all subscribers. The table is not
 * captured by the log. NOTIFY is not used, because it serializes all commits of the database and LISTEN needs a dedicated connection.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { groupBy } from '../../group-by';
import type { Db } from '../connection/database';
import { PullIterator } from './pull-iterator';
import { Outage } from '../../outage';

/** What people do with a version, in the order in which it matters to others. */
export const activities = ['EDITING', 'REVIEWING', 'VIEWING'] as const;
export type Activity = (typeof activities)[number];

/** A person who has a version open; one entry, however many connections. */
export interface PresentRow {
  readonly userId: number;
  readonly activity: Activity;
  readonly since: Date;
}

/** The poll interval in milliseconds. */
const LOOK_EVERY = 1_000;
/** How long a presence holds unless it is renewed, and how often it is renewed, in milliseconds. */
const LEASE = 20_000;
const RENEWED_EVERY = 5_000;
/** How often access is checked again although nothing changed, in milliseconds. */
const JUDGED_EVERY = 30_000;

/** The maximum number of people reported for a version: those who came first. */
export const MAX_PRESENT = 100;

interface Present {
  readonly presenceId: string;
  readonly versionId: string;
  readonly userId: number;
  readonly activity: Activity;
}

const SAY = `insert into log.presence (presence_id, server_id, version_id, user_id, activity, since, leased_until)
  select p."presenceId", $1::uuid, p."versionId", p."userId", p.activity, clock_timestamp(),
    clock_timestamp() + ${LEASE} * interval '1 ms'
  from json_to_recordset($2::json) p ("presenceId" uuid, "versionId" uuid, "userId" int, activity text)
  order by 1
  on conflict (presence_id) do update set leased_until = excluded.leased_until`;

/**
 * Deletes people who left, and expired entries of other servers. `skip locked`, so that servers that clean up at the same time do not wait
 * for each other.
 */
const FORGET = `delete from log.presence where presence_id in (
  select presence_id from log.presence
  where presence_id = any($1::uuid[]) or leased_until < clock_timestamp() for update skip locked)`;

const READ = `select version_id, user_id, (array_agg(activity order by array_position($2::text[], activity)))[1] as activity, min(since) as since
  from log.presence where version_id = any($1::uuid[]) and leased_until > clock_timestamp()
  group by version_id, user_id order by min(since), user_id`;

/** The part of a subscription that the poller uses. */
type Followed = Pick<PresenceSubscription<unknown>, 'show'> & { end(): unknown };

export class Presences {
  readonly #serverId = randomUUID();
  readonly #followers = new Map<string, Set<Followed>>();
  readonly #here = new Map<string, Present>();
  /** Changes that have not been written to the database yet. */
  #come: Present[] = [];
  readonly #gone: string[] = [];
  #renewedAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  #looking: Promise<void> = Promise.resolve();
  readonly #outage: Outage;

  constructor(
    private readonly db: Db,
    logger: Pick<Logger, 'warn' | 'info'>,
  ) {
    this.#outage = new Outage(logger, {
      begins: 'who has a version open cannot be read; trying again until it can',
      ends: 'who has a version open can be read again',
    });
  }

  get size(): number {
    return [...this.#followers.values()].reduce((sum, those) => sum + those.size, 0);
  }

  /**
   * Who has a version open: delivered at once, and again whenever that changes. A subscriber who states an activity is present until the
   * subscription ends.
   * @param toValue maps each change to the value that is delivered
   */
  follow<T>(
    versionId: string,
    userId: number,
    activity: Activity | null,
    toValue: (present: readonly PresentRow[]) => T,
  ): PresenceSubscription<T> {
    const presenceId = randomUUID();
    const following: PresenceSubscription<T> = new PresenceSubscription(toValue, () => {
      const those = this.#followers.get(versionId);
      those?.delete(following);
      if (those?.size === 0) this.#followers.delete(versionId);
      if (this.#here.delete(presenceId)) this.#gone.push(presenceId);
    });
    if (this.#isClosed) return following.end();
    if (activity) {
      const present = { presenceId, versionId, userId, activity };
      this.#here.set(presenceId, present);
      this.#come.push(present);
    }
    this.#followers.set(versionId, (this.#followers.get(versionId) ?? new Set()).add(following));
    this.#timer ??= setTimeout(() => this.#lookAgain(), 0);
    return following;
  }

  /** Ends all subscriptions; nobody is present on this server afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const those of this.#followers.values()) for (const following of those) following.end();
    await this.#looking;
    // If the database is unreachable, the entries expire with their lease.
    if (this.#gone.length > 0) await this.db.query(FORGET, [this.#gone]).catch(() => undefined);
  }

  #lookAgain(): void {
    this.#looking = this.#look();
  }

  async #look(): Promise<void> {
    try {
      await this.#say();
      await this.#read();
      this.#outage.succeeded();
    } catch (err) {
      this.#outage.failed(err);
      this.#renewedAt = 0; // after a failure, the next renewal writes everybody
    }
    const goesOn = (this.size > 0 || this.#gone.length > 0) && !this.#isClosed;
    this.#timer = goesOn ? setTimeout(() => this.#lookAgain(), this.#outage.wait(LOOK_EVERY)) : null;
  }

  /** Writes arrivals before departures, so that a person who changes activity is never absent in between. */
  async #say(): Promise<void> {
    const now = performance.now();
    const isDue = now - this.#renewedAt > RENEWED_EVERY;
    const those = isDue ? [...this.#here.values()] : this.#come.filter(({ presenceId }) => this.#here.has(presenceId));
    this.#come = [];
    if (those.length > 0) await this.db.query(SAY, [this.#serverId, JSON.stringify(those)]);
    // Others may leave while these are deleted.
    const gone = [...this.#gone];
    if (isDue || gone.length > 0) await this.db.query(FORGET, [gone]);
    this.#gone.splice(0, gone.length);
    if (isDue) this.#renewedAt = now;
  }

  async #read(): Promise<void> {
    const versionIds = [...this.#followers.keys()];
    if (versionIds.length === 0) return;
    const rows = await this.db.query<PresentRow & { readonly versionId: string }>(READ, [versionIds, activities]);
    const byVersion = groupBy(rows, ({ versionId }) => versionId);
    for (const versionId of versionIds) {
      const present = (byVersion.get(versionId) ?? []).slice(0, MAX_PRESENT);
      for (const following of this.#followers.get(versionId) ?? []) following.show(present);
    }
  }
}

/** Delivers the people present when somebody arrives, leaves or changes activity; no more often than the poll interval. */
class PresenceSubscription<T> extends PullIterator<T> {
  #present: readonly PresentRow[] = [];
  #print = '';
  #deliveredPrint: string | null = null;
  #deliveredAt = -Infinity;

  constructor(
    private readonly toValue: (present: readonly PresentRow[]) => T,
    leave: () => void,
  ) {
    super(leave);
  }

  show(present: readonly PresentRow[]): void {
    const print = JSON.stringify(present);
    if (print !== this.#print) this.#present = present;
    this.#print = print;
    this.answer();
  }

  protected take(): { readonly value: T } | null {
    const now = performance.now();
    const isNews = this.#print !== '' && this.#print !== this.#deliveredPrint;
    if (!isNews && (this.#deliveredPrint === null || now - this.#deliveredAt < JUDGED_EVERY)) return null;
    this.#deliveredPrint = this.#print;
    this.#deliveredAt = now;
    return { value: this.toValue(this.#present) };
  }
}
