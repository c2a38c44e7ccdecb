import type { ReactNode } from 'react';
import type { Chart } from './definitions';
import styles from './InsightsPage.module.css';

interface Props {
  chart: Chart;
  /** What the table is, for those who scroll it by keyboard. */
  label: string;
  /** The headings; those of words rather than numbers in an array of their own. */
  columns: readonly (string | readonly [words: string])[];
  /** A row each; its last cell is the drawing. */
  children: ReactNode;
}

/** The numbers of a chart, with a drawing at the end of each row. */
export const ChartTable = ({ chart, label, columns, children }: Props) => (
  <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
    <table className={styles.chart} aria-labelledby={`insight-${chart}`}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={String(column)} scope="col" className={typeof column === 'string' ? undefined : styles.words}>
              {column}
            </th>
          ))}
          <td />
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);
