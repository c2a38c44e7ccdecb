import styles from './Recorded.module.css';

/** What the past is answered from where nothing was captured yet: never without saying so. What was captured needs no mark. */
export const Recorded = () => (
  <span
    className={styles.recorded}
    title="At this instant nothing of it had been captured here. It is shown as the old system recorded it, and an import can still add to that."
  >
    As the old system recorded it
  </span>
);
