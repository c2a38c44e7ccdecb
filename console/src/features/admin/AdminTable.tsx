import { Link } from '@tanstack/react-router';
import * as t from '#text/admin';
import * as common from '#text/common';
import styles from './AdminPage.module.css';
import { shownValue, type Field, type Register, type Row } from './register';

interface Props {
  register: Register;
  rows: readonly Row[];
  onOpen: (row: Row) => void;
}
/** A list of the register with a column for each field. It scrolls sideways if it is too wide. */
export function AdminTable({ register, rows, onOpen }: Props) {
  // The first column is the name and links to the entry.
  const fields = register.fields.filter(({ name }) => name !== 'name' && name !== 'reportId');
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={register.title}>
      <table aria-label={register.title}>
        <thead>
          <tr>
            <th scope="col">{register.fields.some(({ name }) => name === 'name') ? t.name : common.report}</th>
            {fields.map(({ name, title }) => (
              <th key={name} scope="col">
                {title}
              </th>
            ))}
            <th scope="col" className={styles.end}>
              <span className="hidden">{t.whatCanBeDone}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row">
                {row.workflow ? (
                  <Link to="/w/$cycleId/$reportId" params={row.workflow}>
                    {row.name}
                  </Link>
                ) : (
                  row.name
                )}
              </th>
              {fields.map((field) => (
                <td key={field.name}>{cell(row, field)}</td>
              ))}
              <td className={styles.end}>
                <button type="button" className={styles.change} onClick={() => onOpen(row)}>
                  {t.change}
                  <span className="hidden"> {row.name}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const cell = ({ values }: Row, field: Field) => shownValue(values[field.name] ?? null, field);
