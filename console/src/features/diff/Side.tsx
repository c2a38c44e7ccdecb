import type { ReactNode } from 'react';
import { day } from '#text/time';
import type { SideFragment } from '../../generated/graphql';
import { Hash } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import styles from './DiffPage.module.css';

interface SideProps {
  label: string;
  of: SideFragment;
  /** The label of the version. */
  children: ReactNode;
}

/** One side of a comparison. */
export const Side = ({ label, of, children }: SideProps) => (
  <section className={styles.side} aria-label={label}>
    <span className={styles.quiet}>{label}</span>
    {children}
    <State of={of.status} />
    <span className={styles.quiet}>
      {of.createdBy.name}, {day(of.createdAt)}
    </span>
    <Hash value={of.contentHash} />
  </section>
);
