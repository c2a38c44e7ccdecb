/**
 * Rate-limit points that all servers of a database count together. A server takes points in portions and spends them from memory, so a
 * request rarely waits for a statement, and one that exceeds the limit does not wait again. Together, servers never grant more than the
 * limit. Points taken by one server and not spent are lost to the others, so portions are small, and get smaller as fewer points remain.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from './database';

/** The result of taking points. */
export interface PointsTaken {
  readonly isGiven: boolean;
  /** The points left in this window, as far as this server knows. */
  readonly remaining: number;
  readonly msBeforeNext: number;
}

export interface Points {
  /** Takes points of a person, all or none. */
  take(userId: number, cost: number): Promise<PointsTaken>;
}

/** A portion is this fraction of all points, and at most this fraction of the remaining ones. */
const PART_OF_ALL = 20;
const PART_OF_REST = 4;
/** The maximum number of people whose portions are kept; an evicted portion is lost until the window ends. */
const MAX_KEPT = 10_000;
/** A window may end, or other requests may spend a portion first; a request is refused after this many tries. */
const TRIES = 5;

/** The points of a person that this server holds in the current window. */
interface Portion {
  /** The id of the window, as set by the database. */
  window: string;
  /** Its end, by this process's monotonic clock. */
  until: number;
  left: number;
  /** The points that no server had taken at the last query; they can only decrease. */
  unclaimed: number;
  /** Serializes this person's queries. */
  asking: Promise<unknown>;
}

/** Grants at least what is needed, a whole portion if possible, or nothing; `excluded` is a window that begins now. */
const TAKE = `insert into log.points_taken as t (user_id, ends_at, points, granted)
  select $1::int, clock_timestamp() + w.length, g.granted, g.granted
  from (select $5::int * interval '1 s' as length) w,
    (select case when $2::bigint > $4::bigint then 0 else greatest($2::bigint, least($3::bigint, $4::bigint)) end as granted) g
  on conflict (user_id) do update set (ends_at, points, granted) = (
    select case when o.is_over then excluded.ends_at else t.ends_at end,
      case when o.is_over then 0 else t.points end + o.granted, o.granted
    from (
      select n.is_over, case when n.is_over then excluded.granted when $2::bigint > n.rest then 0
        else greatest($2::bigint, least($3::bigint, n.rest / ${PART_OF_REST})) end as granted
      from (select t.ends_at <= excluded.ends_at - $5::int * interval '1 s' as is_over, $4::bigint - t.points as rest) n) o)
  returning t.granted::float8 as granted, ($4::bigint - t.points)::float8 as unclaimed, t.ends_at::text as window,
    floor(extract(epoch from t.ends_at - clock_timestamp()) * 1000)::float8 as ms`;

interface GrantedRow {
  readonly granted: number;
  readonly unclaimed: number;
  readonly window: string;
  readonly ms: number;
}

export class SharedPoints implements Points {
  readonly #portions = new LRUCache<number, Portion>({ max: MAX_KEPT });
  readonly #portion: number;

  /** @param each the points of each person in a window */
  constructor(
    private readonly db: Database,
    private readonly each: number,
    private readonly windowSeconds: number,
  ) {
    this.#portion = Math.max(1, Math.floor(each / PART_OF_ALL));
  }

  async take(userId: number, cost: number): Promise<PointsTaken> {
    const portion = this.#of(userId);
    const taken = this.#takeHere(portion, cost);
    if (taken) return taken;
    // Waiting requests take their turn and share the portion that the first of them fetched.
    const taking = portion.asking.then(() => this.#takeBrought(userId, portion, cost));
    portion.asking = taking.catch(() => undefined);
    return taking;
  }

  #of(userId: number): Portion {
    let portion = this.#portions.get(userId);
    if (!portion) {
      portion = { window: '', until: 0, left: 0, unclaimed: 0, asking: Promise.resolve() };
      this.#portions.set(userId, portion);
    }
    return portion;
  }

  /** Takes points from this server's portion, or refuses if too few are left anywhere; null if the database must be asked. */
  #takeHere(portion: Portion, cost: number): PointsTaken | null {
    if (performance.now() >= portion.until) return null;
    if (cost > portion.left) return cost > portion.left + portion.unclaimed ? answer(portion, false) : null;
    portion.left -= cost;
    return answer(portion, true);
  }

  async #takeBrought(userId: number, portion: Portion, cost: number): Promise<PointsTaken> {
    for (let tries = 1; ; tries++) {
      const taken = this.#takeHere(portion, cost);
      if (taken) return taken;
      if (tries > TRIES) return answer(portion, false);
      await this.#bring(userId, portion, cost - here(portion));
    }
  }

  /** Fetches a portion that includes the missing points, if there are enough. */
  async #bring(userId: number, portion: Portion, lacking: number): Promise<void> {
    const began = performance.now();
    const parameters = [userId, Math.ceil(lacking), this.#portion, this.each, this.windowSeconds];
    const [given] = await this.db.inNameOf(userId).atPrimary().query<GrantedRow>(TAKE, parameters);
    const { granted, unclaimed, window, ms } = given!;
    portion.left = granted + (window === portion.window ? portion.left : 0);
    portion.unclaimed = unclaimed;
    portion.window = window;
    // Counted from before the query was sent, so that this server never spends points after the window has ended in the database.
    portion.until = began + ms;
  }
}

const here = ({ until, left }: Portion): number => (performance.now() < until ? left : 0);

const answer = ({ left, unclaimed, until }: Portion, isGiven: boolean): PointsTaken => ({
  isGiven,
  remaining: left + unclaimed,
  msBeforeNext: Math.max(0, until - performance.now()),
});
