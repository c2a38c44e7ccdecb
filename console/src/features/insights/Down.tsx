import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import * as t from '#text/insights';
import type { PhaseVersionFilter } from '../../generated/graphql';
import styles from './Down.module.css';

/** A figure that links to the versions it counts; zero is no link. */
export function Down({
  to,
  count,
  of,
  children,
}: {
  to: PhaseVersionFilter;
  count: number;
  of: string;
  children?: ReactNode;
}) {
  if (count === 0) return <span className={styles.none}>{children ?? count}</span>;
  return (
    <Link to="/insights" search={(previous) => ({ ...previous, rows: to })} hash="rows" title={t.listOf(of)}>
      {children ?? count}
      <span className="hidden">, {of}</span>
    </Link>
  );
}
