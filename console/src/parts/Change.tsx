import type { ReactNode } from 'react';
import type { ChangeFragment, FieldFragment } from '../generated/graphql';
import styles from './Change.module.css';
import { Values, type Layout } from './Sides';
import { TreeChange } from './TreeChange';
import { isTree, type Json } from './value';

export type FieldChange = ChangeFragment['fields'][number];

/** The title of the field that a path leads to, followed by the path below it. */
export function pathTitle(path: string, fields: readonly FieldFragment[]): string {
  const [name = '', ...rest] = path.split('/').filter(Boolean);
  const title = fields.find((field) => field.name === name)?.title ?? name;
  return [title, ...rest].join(' › ');
}
export const fieldOf = (path: string, fields: readonly FieldFragment[]) => {
  const [name, ...rest] = path.split('/').filter(Boolean);
  return rest.length === 0 ? fields.find((field) => field.name === name) : undefined;
};

interface Props {
  change: FieldChange;
  fields: readonly FieldFragment[];
  layout?: Layout;
  aside?: ReactNode;
}
/** The old and new value of a field. Only the differences are marked. */
export function Change({ change, fields, layout = 'inline', aside }: Props) {
  const { path, kind } = change;
  const [before, after] = [change.before as Json, change.after as Json];
  return (
    <div className={styles.change}>
      <div className={styles.head}>
        <h3>{pathTitle(path, fields)}</h3>
        {aside && <span>{aside}</span>}
      </div>
      {isTree(before) || isTree(after) ? (
        <TreeChange before={before} after={after} layout={layout} />
      ) : (
        <Values
          before={kind === 'ADDED' ? undefined : before}
          after={kind === 'REMOVED' ? undefined : after}
          field={fieldOf(path, fields)}
          layout={layout}
        />
      )}
    </div>
  );
}
