import styles from './Recorded.module.css';

/** Marks values from before capture began, which come from the old system's records. Captured values need no mark. */
export const Recorded = () => (
  <span
    className={styles.recorded}
    title="At this instant, nothing of it had been captured here. It is shown as the old system recorded it; an import can still add to that."
  >
    As the old system recorded it
  </span>
);
