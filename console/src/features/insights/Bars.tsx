/** Bars drawn in table cells. They are decoration; the number beside them carries the information. */
import styles from './InsightsPage.module.css';

/** The share of the largest value. */
export const Bar = ({ value, most, kind }: { value: number; most: number; kind?: 'bad' | 'good' }) => (
  <svg className={styles.bar} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden data-kind={kind}>
    <rect width="100" height="10" data-ground />
    <rect width={most === 0 ? 0 : (100 * value) / most} height="10" />
  </svg>
);

/** The range from the median to the 90th percentile, on a scale shared by all rows. */
export function Range({ median, p90, most }: { median: number | null; p90: number | null; most: number }) {
  if (median === null || p90 === null || most === 0) return null;
  const at = (value: number) => 2 + (96 * value) / most;
  return (
    <svg className={styles.range} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden>
      <line x1="0" x2="100" y1="5" y2="5" data-ground />
      <line x1={at(median)} x2={at(p90)} y1="5" y2="5" data-spread />
      <line x1={at(median)} x2={at(median)} y1="0.5" y2="9.5" data-median />
      <line x1={at(p90)} x2={at(p90)} y1="2.5" y2="7.5" data-end />
    </svg>
  );
}

/** The parts of a whole, stacked. */
export function Parts({ parts }: { parts: readonly { value: number; kind: 'good' | 'plain' | 'bad' }[] }) {
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  let from = 0;
  return (
    <svg className={styles.bar} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden>
      <rect width="100" height="10" data-ground />
      {parts.map(({ value, kind }) => {
        const x = from;
        from += total === 0 ? 0 : (100 * value) / total;
        return <rect key={kind} x={x} width={from - x} height="10" data-kind={kind} />;
      })}
    </svg>
  );
}
