/**
 * Checks a recorded history of clients' operations against the behaviour of a single copy of the data. The approach is that of Elle
 * (Kingsbury and Alvaro, 2020): every written value is unique and names its predecessor, so the version order is known and need not be
 * searched for. Each write records its place in the stream (`sequence`) and the revision that it replaced. The checker verifies that
 *
 * - each workflow is strictly serializable: places are unique, follow real time, and each revision is replaced once;
 * - reads are neither stale (missing a write that had ended) nor from the future (showing a write that had not begun);
 * - successive reads of one client never go back, whichever server answers (monotonic reads);
 * - repeated reads of the past give the same answer (as-of repeatability);
 * - a write that is sent again with its key gets its first answer;
 * - at most one version is in force.
 */
interface Timed {
  readonly client: number;
  /** When the operation was sent and answered, by one clock. */
  readonly begin: number;
  readonly end: number;
  readonly stream: string;
}
export interface Write extends Timed {
  readonly kind: 'write';
  /** Null if the client did not ask for it. */
  readonly sequence: number | null;
  readonly versionId: string;
  readonly from: number;
  readonly to: number;
}
export interface Read extends Timed {
  readonly kind: 'read';
  /** The place of the newest commit that the client saw. */
  readonly head: number;
  readonly revisions: Readonly<Record<string, number>>;
  readonly inForce: number;
}
export interface ReadOfPast extends Timed {
  readonly kind: 'past';
  readonly at: string;
  readonly answer: string;
}
/** A write that was sent again with its key after it had been answered. */
export interface Repeat extends Timed {
  readonly kind: 'repeat';
  /** The place of its commit in the first answer, and in the second; null if the second was a refusal. */
  readonly sequence: number;
  readonly again: number | null;
}
export type Operation = Write | Read | ReadOfPast | Repeat;

/** The highest value known at an instant, for values that became known at different times. */
class Highest {
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  constructor(points: readonly (readonly [time: number, value: number])[]) {
    let highest = -Infinity;
    for (const [time, value] of [...points].sort(([one], [other]) => one - other)) {
      highest = Math.max(highest, value);
      this.#times.push(time);
      this.#values.push(highest);
    }
  }
  /** The highest value known before an instant. */
  before(time: number): number {
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -Infinity : this.#values[low - 1]!;
  }
}

const grouped = <T>(all: readonly T[], key: (each: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(key(each));
    if (group) group.push(each);
    else groups.set(key(each), [each]);
  }
  return [...groups.values()];
};

/** All observations that a single copy of the data, serving one request at a time, could not have produced. */
export function anomalies(history: readonly Operation[]): string[] {
  const writes = history.filter((each): each is Write => each.kind === 'write');
  const reads = history.filter((each): each is Read => each.kind === 'read');
  const past = history.filter((each): each is ReadOfPast => each.kind === 'past');
  return [
    ...grouped(writes, ({ stream }) => stream).flatMap(orderOfPlaces),
    ...grouped(writes, ({ versionId }) => versionId).flatMap(orderOfRevisions),
    ...grouped(reads, ({ stream }) => stream).flatMap((those) =>
      outOfTime(those, writes.filter(({ stream }) => stream === those[0]!.stream))),
    ...grouped(reads, ({ stream, client }) => `${stream} ${client}`).flatMap(goingBack),
    ...grouped(past, ({ stream, at }) => `${stream} ${at}`).flatMap(changedPast),
    ...history.flatMap((each) =>
      each.kind === 'repeat' && each.again !== each.sequence
        ? [`another answer: ${each.stream}/${each.sequence}, and ${each.again} when it was sent again`]
        : [],
    ),
    ...reads.filter(({ inForce }) => inForce > 1).map(({ stream, inForce }) => `two in force: ${inForce} in ${stream}`),
  ]; // prettier-ignore
}

/** A write whose place is known. */
type Placed = Write & { readonly sequence: number };
const isPlaced = (write: Write): write is Placed => write.sequence !== null;

function orderOfPlaces(all: readonly Write[]): string[] {
  const writes = all.filter(isPlaced);
  const ended = new Highest(writes.map(({ end, sequence }) => [end, sequence]));
  const places = new Set<number>();
  return writes.flatMap(({ stream, sequence, begin }) => {
    const found: string[] = [];
    if (places.has(sequence)) found.push(`one place, two writes: ${stream}/${sequence}`);
    places.add(sequence);
    if (ended.before(begin) >= sequence) found.push(`against real time: ${stream}/${sequence}`);
    return found;
  });
}

function orderOfRevisions(writes: readonly Write[]): string[] {
  const inOrder = [...writes].sort((one, other) =>
    isPlaced(one) && isPlaced(other) ? one.sequence - other.sequence : one.to - other.to,
  );
  return inOrder.flatMap(({ versionId, from, to }, n) => [
    ...(n > 0 && from !== inOrder[n - 1]!.to ? [`lost update: ${versionId} at revision ${from}`] : []),
    ...(to !== from + 1 ? [`revision left out: ${versionId} at revision ${to}`] : []),
  ]);
}

function outOfTime(reads: readonly Read[], writes: readonly Write[]): string[] {
  const placed = writes.filter(isPlaced);
  const heads = {
    ended: new Highest(placed.map(({ end, sequence }) => [end, sequence])),
    began: new Map(placed.map(({ sequence, begin }) => [sequence, begin])),
  };
  const versions = new Map(
    grouped(writes, ({ versionId }) => versionId).map((those) => [
      those[0]!.versionId,
      {
        ended: new Highest(those.map(({ end, to }) => [end, to])),
        begun: new Highest(those.map(({ begin, to }) => [begin, to])),
        first: those.reduce((least, { from }) => Math.min(least, from), Infinity),
      },
    ]),
  );
  return reads.flatMap(({ stream, head, revisions, begin, end }) => [
    ...(head < heads.ended.before(begin) ? [`stale read: ${stream} at ${head}`] : []),
    ...((heads.began.get(head) ?? -Infinity) > end ? [`read of the future: ${stream} at ${head}`] : []),
    ...Object.entries(revisions).flatMap(([versionId, revision]) => {
      const known = versions.get(versionId);
      if (!known) return [];
      if (revision < known.ended.before(begin)) return [`stale read: ${versionId} at revision ${revision}`];
      return revision > Math.max(known.first, known.begun.before(end))
        ? [`read of the future: ${versionId} at revision ${revision}`]
        : [];
    }),
  ]);
}

function goingBack(reads: readonly Read[]): string[] {
  const inOrder = [...reads].sort((one, other) => one.begin - other.begin);
  return inOrder.flatMap((read, n) => {
    const before = inOrder[n - 1];
    if (!before || before.end > read.begin) return [];
    const isBack =
      read.head < before.head ||
      Object.entries(before.revisions).some(([id, revision]) => (read.revisions[id] ?? revision) < revision);
    return isBack ? [`went back: client ${read.client} in ${read.stream}, from ${before.head} to ${read.head}`] : [];
  });
}

const changedPast = (reads: readonly ReadOfPast[]): string[] =>
  new Set(reads.map(({ answer }) => answer)).size > 1
    ? [`the past has changed: ${reads[0]!.stream} at ${reads[0]!.at}`]
    : [];
