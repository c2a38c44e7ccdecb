import type { CommitRowsQuery } from '../../generated/graphql';
import { count } from '#text/words';
import styles from './LogPage.module.css';

type Row = NonNullable<NonNullable<CommitRowsQuery['workflow']>['changeSet']>['rowChanges']['nodes'][number];

const verbs = { INSERT: 'added to', UPDATE: 'changed in', DELETE: 'removed from' } as const;
const notation = (value: unknown) =>
  value === undefined || value === null ? '—' : typeof value === 'string' ? value : JSON.stringify(value);

/** A row after a commit, beside the row before it. */
export function RowChange({ row: { table, operation, changedFields, before, after } }: { row: Row }) {
  const fields = operation === 'UPDATE' ? changedFields : Object.keys(after ?? before ?? {});
  return (
    <details className={styles.row}>
      <summary>
        A row {verbs[operation]} <code>{table}</code>, {count(fields.length, 'field')}
      </summary>
      <table aria-label="The row before and after">
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
