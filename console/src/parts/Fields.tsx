import type { FieldFragment } from '../generated/graphql';
import { Instant } from './atoms';
import { SetBy, type FieldBlame } from './Blame';
import styles from './Fields.module.css';
import { isTree, shown, valueOf, type Json } from './value';

interface Props {
  of: Record<string, unknown>;
  fields: readonly FieldFragment[];
  /** The object itself, for the names of people and lines of business. */
  named?: Record<string, unknown>;
  /** Who set each field, by field name. */
  blame?: ReadonlyMap<string, FieldBlame>;
}

/** The fields of an object under their declared titles. */
export function Fields({ of, fields, named, blame }: Props) {
  return (
    <dl className={styles.fields}>
      {fields
        .filter(({ isContent }) => isContent)
        .map((field) => {
          const value = valueOf(of, field, named);
          return (
            <div key={field.name}>
              <dt>{field.title}</dt>
              <dd>
                <Value of={value} field={field} />
                <SetBy of={blame?.get(field.name)} bare />
              </dd>
            </div>
          );
        })}
    </dl>
  );
}

/** A value by its declared type; of an instant, UTC is at hand. */
export function Value({ of, field }: { of: Json | undefined; field: FieldFragment }) {
  if (isTree(of)) return <Tree value={of} field={field.kind === 'TEXT_LIST' ? field : undefined} />;
  return field.kind === 'INSTANT' && typeof of === 'string' ? <Instant of={of} /> : shown(of, field);
}

interface TreeProps {
  value: Json[] | { [key: string]: Json };
  /** The field that declares what is in a list of texts. */
  field?: FieldFragment | undefined;
}
/** An object or a list as lines; keys are user data and stay as they are. */
export function Tree({ value, field }: TreeProps) {
  const entries = Object.entries(value);
  if (entries.length === 0) return <>—</>;
  return (
    <dl className={styles.tree}>
      {entries.map(([key, one]) => (
        <div key={key}>
          {!Array.isArray(value) && <dt>{key}</dt>}
          <dd>{isTree(one) ? <Tree value={one} /> : shown(one, field)}</dd>
        </div>
      ))}
    </dl>
  );
}
