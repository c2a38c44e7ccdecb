import { Database, DatabaseZap } from 'lucide-react';
import { useApi } from '../../api/client';
import { CoverageDocument } from '../../generated/graphql';
import { count } from '#text/words';
import { Panel } from './Panel';
import styles from './VerifyPage.module.css';

/** Whether every write path is captured, according to the database's own catalogue. */
export function Coverage() {
  const { data, error, refetch } = useApi(CoverageDocument, {}, { now: true });
  const coverage = data?.auditCoverage;
  if (!coverage)
    return (
      <Panel
        icon={Database}
        title={error ? 'Which tables are recorded was not checked' : 'Checking which tables are recorded …'}
        error={error}
        retry={() => void refetch()}
        rows={2}
      />
    );
  const { complete, tables, recordsSchemaChanges } = coverage;
  const wrong = tables.filter((table) => !table.captured || table.problem !== null);
  return (
    <Panel
      icon={complete ? Database : DatabaseZap}
      title={complete ? 'Every write is recorded' : 'Not every write is recorded'}
      good={complete}
    >
      <p>
        {count(tables.length - wrong.length, 'table')} of {tables.length} {wrong.length === 0 ? 'are' : 'is or are'} as
        the migrations make them, and every write to them is recorded, by whatever path it comes.{' '}
        {recordsSchemaChanges
          ? 'Changes of the database’s own schema are recorded too.'
          : 'Changes of the database’s own schema are not recorded here: changes that were reverted are not known.'}
      </p>
      {wrong.length > 0 && (
        <ul className={styles.wrong}>
          {wrong.map(({ table, problem }) => (
            <li key={table}>
              <code>{table}</code> {problem}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>All that was looked at</summary>
        <ul className={styles.tables}>
          {tables.map(({ table }) => (
            <li key={table}>
              <code>{table}</code>
            </li>
          ))}
        </ul>
      </details>
    </Panel>
  );
}
