import { Link, useLocation } from '@tanstack/react-router';
import { Glyph } from '../../parts/Glyph';
import styles from './PhasePage.module.css';

/** What came of a verdict that led here, for as long as this page is open; and the way to what else there is to do. */
export function JustDecided() {
  const decided = useLocation({ select: ({ state }) => state.decided });
  return (
    <div role="status">
      {decided && (
        <p className={styles.decided}>
          <Glyph shape={decided.isApproval ? 'done' : 'refused'} />
          <b>
            Version {decided.versionNumber} is {decided.isApproval ? 'approved, and in force' : 'rejected'}.
          </b>
          <Link to="/">What else waits for you</Link>
        </p>
      )}
    </div>
  );
}
