import * as common from '#text/common';
import * as t from '#text/log';
import type { CommitRowsQuery } from '../../generated/graphql';
import styles from './LogPage.module.css';

type Row = NonNullable<NonNullable<CommitRowsQuery['workflow']>['changeSet']>['rowChanges']['nodes'][number];

const verbs = { INSERT: t.addedTo, UPDATE: t.changedIn, DELETE: t.removedFrom } as const;
const notation = (value: unknown) =>
  value === undefined || value === null ? '—' : typeof value === 'string' ? value : JSON.stringify(value);

/** A row after a commit, beside the row before it. */
export function RowChange({ row: { table, operation, changedFields, before, after } }: { row: Row }) {
  const fields = operation === 'UPDATE' ? changedFields : Object.keys(after ?? before ?? {});
  return (
    <details className={styles.row}>
      <summary>
        {t.aRow(verbs[operation])} <code>{table}</code>, {common.fieldCount(fields.length)}
      </summary>
      <table aria-label={t.theRowBeforeAndAfter}>
        <tbody>
          {fields.map((field) => (
            <tr key={field}>
              <th scope="row">
                <code>{field}</code>
              </th>
              {before && <td data-side="before">{notation(before[field])}</td>}
              {after && <td data-side="after">{notation(after[field])}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
