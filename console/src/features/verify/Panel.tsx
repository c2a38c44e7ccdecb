import type { LucideIcon } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { Failure, Waiting } from '../../parts/Notices';
import styles from './VerifyPage.module.css';

interface PanelProps {
  icon: LucideIcon;
  title: string;
  /** Whether the finding is good; undefined while loading, or if nothing is judged. */
  good?: boolean | undefined;
  /** Whether half the width is enough for it. */
  half?: boolean;
  error?: unknown;
  retry?: () => void;
  /** How many rows high its finding will be about, until there are children. */
  rows?: number;
  children?: ReactNode;
}

/** One check and its finding. */
export function Panel({ icon: Icon, title, good, half = false, error, retry, rows = 1, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles.panel} data-good={good} data-half={half || undefined} aria-labelledby={id}>
      <header aria-live="polite">
        <Icon size={18} strokeWidth={1.75} aria-hidden />
        <h2 id={id}>{title}</h2>
      </header>
      {error ? <Failure error={error} {...(retry && { retry })} /> : (children ?? <Waiting bare rows={rows} />)}
    </section>
  );
}
