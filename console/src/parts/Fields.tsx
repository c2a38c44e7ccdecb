import type { FieldFragment } from '../generated/graphql';
import styles from './Fields.module.css';
import { isTree, shown, type Json } from './value';

/** What a thing holds, field by field, under the titles of the declaration. */
export function Fields({ of, fields }: { of: Record<string, unknown>; fields: readonly FieldFragment[] }) {
  return (
    <dl className={styles.fields}>
      {fields
        .filter(({ isContent }) => isContent)
        .map((field) => {
          const value = of[field.name] as Json | undefined;
          return (
            <div key={field.name}>
              <dt>{field.title}</dt>
              <dd>{isTree(value) ? <Tree value={value} /> : shown(value, field)}</dd>
            </div>
          );
        })}
    </dl>
  );
}

/** An object or a list, as lines: keys stay as they are, since they are somebody's own. */
function Tree({ value }: { value: Json[] | { [key: string]: Json } }) {
  const entries = Object.entries(value);
  if (entries.length === 0) return <>—</>;
  return (
    <dl className={styles.tree}>
      {entries.map(([key, one]) => (
        <div key={key}>
          {!Array.isArray(value) && <dt>{key}</dt>}
          <dd>{isTree(one) ? <Tree value={one} /> : shown(one)}</dd>
        </div>
      ))}
    </dl>
  );
}
