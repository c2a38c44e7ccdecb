import { Link } from '@tanstack/react-router';
import * as t from '#text/phase';
import { day } from '#text/time';
import { useAt } from '../../shell/use-at';
import styles from './Owners.module.css';

/** An assignment of data to somebody, as it was recorded last. */
export interface Assignment {
  readonly versionId: string;
  readonly dataOwner: { readonly name: string };
  readonly lob: { readonly name: string } | null;
  readonly validFrom: string;
  readonly validTo: string | null;
}

const DAY_MS = 86_400_000;
/** The shortest bar that can be seen, as a share of the whole. */
const LEAST = 0.02;

const column = (share: number): string => `minmax(0, ${share * 100}fr)`;
/** A name stands where there is most room for it: before its bar, on it, or after it. */
function placeOfName(shares: readonly [before: number, on: number, after: number]): number {
  return shares.indexOf(Math.max(...shares)) + 1;
}

/**
 * Who owns what, and when: valid time from left to right, by line of business. The other axis, when it was recorded, is the instant of the
 * page: in the past it shows what was known then. The table below holds the same.
 */
export function Owners({ of }: { of: readonly Assignment[] }) {
  const { at } = useAt();
  const now = at ? Date.parse(at) : Date.now();
  const times = of.flatMap(({ validFrom, validTo }) => [validFrom, ...(validTo ? [validTo] : [])]).map(Date.parse);
  const from = Math.min(...times, now);
  const until = Math.max(...times, now) + Math.max(DAY_MS, (Math.max(...times, now) - from) * 0.08);
  const placeOf = (time: number) => (time - from) / (until - from);
  const rows = [...Map.groupBy(of, ({ lob }) => lob?.name ?? t.theWholeReport)].sort(([a], [b]) => a.localeCompare(b));
  return (
    <figure className={styles.owners}>
      <figcaption>
        {t.whoOwnsWhatAndWhen(day(new Date(from).toISOString()))}
        <small>{at ? t.asItWasKnownAt : t.asItIsKnownNow}</small>
      </figcaption>
      <ul>
        {rows.map(([name, assignments]) => (
          <li key={name}>
            <span className={styles.name}>{name}</span>
            <ul className={styles.track}>
              {assignments.map(({ versionId, dataOwner, validFrom, validTo }) => {
                const start = placeOf(Date.parse(validFrom));
                const end = validTo ? placeOf(Date.parse(validTo)) : 1;
                const length = Math.max(LEAST, end - start);
                const shares = [start, length, Math.max(0, 1 - start - length)] as const;
                const place = placeOfName(shares);
                const period = t.fromDayTo(day(validFrom), validTo && day(validTo));
                return (
                  <li key={versionId} style={{ gridTemplateColumns: shares.map(column).join(' ') }}>
                    <span className={styles.bar} data-open={validTo === null || undefined} />
                    <Link
                      to="/v/$versionId"
                      params={{ versionId }}
                      style={{ gridColumn: place, ...(place === 1 && { textAlign: 'end' }) }}
                      title={`${dataOwner.name}, ${period}`}
                    >
                      {dataOwner.name}
                      <span className="hidden">, {period}</span>
                    </Link>
                  </li>
                );
              })}
            </ul>
          </li>
        ))}
      </ul>
    </figure>
  );
}
