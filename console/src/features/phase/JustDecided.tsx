import { Link, useLocation } from '@tanstack/react-router';
import * as t from '#text/phase';
import { Glyph } from '../../parts/Glyph';
import styles from './PhasePage.module.css';

/** The result of the verdict that led to this page, for as long as the page is open, with a link to the remaining work. */
export function JustDecided() {
  const decided = useLocation({ select: ({ state }) => state.decided });
  return (
    <div role="status">
      {decided && (
        <p className={styles.decided}>
          <Glyph shape={decided.isApproval ? 'done' : 'refused'} />
          <b>{t.versionIsApprovedAndIn(decided.versionNumber, decided.isApproval)}</b>
          <Link to="/">{t.whatElseWaitsForYou}</Link>
        </p>
      )}
    </div>
  );
}
