import { Link } from '@tanstack/react-router';
import styles from './AdminPage.module.css';
import { registers } from './registers';

/** What administrators keep, page by page. */
export const Pages = () => (
  <nav className={styles.pages} aria-label="The register">
    {Object.entries(registers).map(([kind, { title }]) => (
      <Link key={kind} to="/admin/$kind" params={{ kind }} search={{}} activeOptions={{ includeSearch: false }}>
        {title}
      </Link>
    ))}
    <Link to="/admin/webhooks">Webhooks</Link>
  </nav>
);
