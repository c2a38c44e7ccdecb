import * as t from '#text/parts';
import styles from './Recorded.module.css';

/** Marks values from before capture began, which come from the old system's records. Captured values need no mark. */
export const Recorded = () => (
  <span className={styles.recorded} title={t.atThisInstantNothingOf}>
    {t.asTheOldSystemRecorded}
  </span>
);
