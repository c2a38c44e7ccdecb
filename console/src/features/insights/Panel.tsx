import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import * as t from '#text/insights';
import { Button } from '../../parts/atoms';
import { save } from '../../parts/save';
import { csvFile, type Cell } from './csv';
import { definitions, type Chart } from './definitions';
import styles from './InsightsPage.module.css';

interface Props {
  chart: Chart;
  title: string;
  head: readonly string[];
  rows: readonly (readonly Cell[])[];
  tools?: ReactNode;
  children: ReactNode;
}

/** A chart inside its table: the drawing stands beside its numbers, with its definition and a CSV download. */
export function Panel({ chart, title, head, rows, tools, children }: Props) {
  const id = `insight-${chart}`;
  return (
    <section className={styles.panel} aria-labelledby={id} data-chart={chart}>
      <header>
        <h2 id={id}>{title}</h2>
        <div className={styles.tools}>
          {tools}
          <Button kind="quiet" onClick={() => save(`${chart}.csv`, csvFile(head, rows))}>
            <Download size={14} aria-hidden /> {t.csv}
            <span className="hidden">{t.ofTitle(title)}</span>
          </Button>
        </div>
        <p>{definitions[chart]}</p>
      </header>
      {rows.length === 0 ? <p className={styles.none}>{t.nothingToShow}</p> : children}
    </section>
  );
}
