import { Link } from '@tanstack/react-router';
import * as t from '#text/admin';
import styles from './AdminPage.module.css';
import { registers } from './registers';

/** The administration pages. */
export const Pages = () => (
  <nav className={styles.pages} aria-label={t.theRegister}>
    {Object.entries(registers).map(([kind, { title }]) => (
      <Link key={kind} to="/admin/$kind" params={{ kind }} search={{}} activeOptions={{ includeSearch: false }}>
        {title}
      </Link>
    ))}
    <Link to="/admin/webhooks">{t.webhooks}</Link>
  </nav>
);
