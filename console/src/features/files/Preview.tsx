import * as common from '#text/common';
import * as t from '#text/files';
import type { FieldFragment } from '../../generated/graphql';
import { Segments } from '../../parts/atoms';
import { shown, type Json } from '../../parts/value';
import type { Conflict, FileChanges } from './files';
import styles from './FilesDialog.module.css';

interface Props {
  file: FileChanges;
  fields: readonly FieldFragment[];
  /** The conflicts for which the value of the file was chosen. */
  taken: readonly Conflict[];
  onTake: (taken: readonly Conflict[]) => void;
}

/** The number of entries shown of each kind; the rest are counted. */
const MOST = 100;

/** Previews an import: changes, cells that cannot be read, and conflicts to decide. */
export function Preview({ file, fields, taken, onTake }: Props) {
  const { changed, added, conflicts, invalid, notTaken, unchanged, notInFile } = file;
  const fieldOf = (name: string) => fields.find(({ inputName }) => inputName === name);
  const titleOf = (name: string) => fieldOf(name)?.title ?? name;
  const text = (name: string, value: Json) => shown(value, fieldOf(name));
  const summary = [
    t.itemsChanged(changed.length),
    t.itemsAdded(added.length),
    common.conflictCount(conflicts.length),
    t.thatCannotBeRead(invalid.length),
    t.unchanged(unchanged),
    ...(notInFile > 0 ? [t.notInTheFileLeft(notInFile)] : []),
  ];
  return (
    <div className={styles.preview}>
      <p role="status">{summary.join(' · ')}</p>
      {notTaken.length > 0 && <p>{t.ignoredColumns(notTaken.join(', '))}</p>}
      {invalid.length > 0 && (
        <section aria-labelledby="unread">
          <h3 id="unread">{t.cannotBeRead}</h3>
          <p>{t.theseCellsAreLeftOut}</p>
          <ul>
            {invalid.slice(0, MOST).map(({ row, cell, column, problem }) => (
              <li key={`${row} ${column}`}>
                <b>{cell ?? t.row(row)}</b> {column}: {problem}
              </li>
            ))}
          </ul>
          <More of={invalid.length} />
        </section>
      )}
      {conflicts.length > 0 && (
        <section aria-labelledby="conflicts">
          <h3 id="conflicts">{t.changedByOthersInThe}</h3>
          <ul className={styles.conflicts}>
            {conflicts.slice(0, MOST).map((conflict) => (
              <li key={`${conflict.itemKey} ${conflict.path}`}>
                {conflict.field === null ? (
                  <p>{t.wasRemovedItsChangesIn(conflict.label)}</p>
                ) : (
                  <>
                    <p>
                      {t.whichWas(conflict.label, titleOf(conflict.field))} {text(conflict.field, conflict.base)}
                    </p>
                    <Segments
                      label={`${conflict.label}: ${titleOf(conflict.field)}`}
                      value={taken.includes(conflict) ? 'yours' : 'now'}
                      options={[
                        { value: 'now', label: t.asItIsNow(text(conflict.field, conflict.now)) },
                        { value: 'yours', label: t.fromTheFile(text(conflict.field, conflict.yours)) },
                      ]}
                      onChange={(side) =>
                        onTake([
                          ...taken.filter((other) => other !== conflict),
                          ...(side === 'yours' ? [conflict] : []),
                        ])
                      }
                    />
                  </>
                )}
              </li>
            ))}
          </ul>
          <More of={conflicts.length} />
        </section>
      )}
      {changed.length > 0 && (
        <div className={styles.table} tabIndex={0} role="region" aria-label={t.whatChanges}>
          <table aria-label={t.whatChanges}>
            <thead>
              <tr>
                <th scope="col">{t.rowTitle}</th>
                <th scope="col">{t.item}</th>
                <th scope="col">{t.field}</th>
                <th scope="col">{t.now}</th>
                <th scope="col">{t.fromTheFileTitle}</th>
              </tr>
            </thead>
            <tbody>
              {changed.slice(0, MOST).flatMap(({ row, itemKey, label, fields: values }) =>
                Object.entries(values).map(([name, { now, yours }]) => (
                  <tr key={`${itemKey} ${name}`}>
                    <td>{row}</td>
                    <td>{label}</td>
                    <td>{titleOf(name)}</td>
                    <td>{text(name, now)}</td>
                    <td>{text(name, yours)}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </div>
      )}
      <More of={changed.length} />
    </div>
  );
}

const More = ({ of }: { of: number }) => (of > MOST ? <p>{t.andMore(of - MOST)}</p> : null);
