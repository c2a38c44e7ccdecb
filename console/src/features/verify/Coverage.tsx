import { Database, DatabaseZap } from 'lucide-react';
import * as t from '#text/verify';
import { useApi } from '../../api/client';
import { CoverageDocument } from '../../generated/graphql';
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
        title={error ? t.whichTablesAreRecordedWas : t.checkingWhichTablesAreRecorded}
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
      title={complete ? t.everyWriteIsRecorded : t.notEveryWriteIsRecorded}
      good={complete}
    >
      <p>
        {t.tablesAreRecorded(tables.length - wrong.length, tables.length, wrong.length)}{' '}
        {recordsSchemaChanges ? t.changesOfTheDatabasesOwn : t.changesOfTheDatabasesOwnSchema}
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
        <summary>{t.allThatWasLookedAt}</summary>
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
