import * as t from '#text/admin';
import floating from '../../parts/floating.module.css';
import styles from './AdminPage.module.css';
import { Picker } from './Picker';
import { isMany, type Choice, type Field, type Value } from './register';

interface Props {
  field: Field;
  value: Value;
  note: string | undefined;
  onChange: (value: Value) => void;
}

/** One form field, chosen by its declared type. */
export function AdminControl({ field, value, note, onChange }: Props) {
  const id = `field-${field.name}`;
  const about = <Note id={`${id}-note`} note={note} />;
  if (field.kind === 'set' || field.kind === 'one' || field.kind === 'many')
    return (
      <fieldset className={`${floating.field} ${styles.group}`} aria-describedby={`${id}-note`}>
        <legend>{field.title}</legend>
        {field.kind === 'set' ? (
          <Boxes options={field.options} value={isMany(value) ? value : []} onChange={onChange} />
        ) : (
          <Picker
            label={field.title}
            from={field.from}
            isMany={field.kind === 'many'}
            value={isMany(value) ? value : value === null ? [] : [value as Choice]}
            onChange={(chosen) => onChange(field.kind === 'many' ? chosen : (chosen[0] ?? null))}
          />
        )}
        {about}
      </fieldset>
    );
  return (
    <div className={floating.field}>
      <label htmlFor={id}>{field.title}</label>
      {field.kind === 'word' || field.kind === 'flag' ? (
        <select
          id={id}
          value={wordOf(value)}
          aria-describedby={`${id}-note`}
          onChange={({ target }) => onChange(field.kind === 'flag' ? target.value === 'true' : target.value)}
        >
          {optionsOf(field, value).map((option) => (
            <option key={option.id} value={option.id}>
              {option.name}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type={field.kind === 'date' ? 'date' : 'text'}
          {...(field.kind === 'number' && { inputMode: 'numeric' as const, pattern: '[0-9]{1,9}' })}
          {...(field.kind === 'number' && { title: t.aWholeNumber })}
          required={field.isRequired}
          value={typeof value === 'string' ? value : ''}
          aria-describedby={`${id}-note`}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
      {about}
    </div>
  );
}

const Note = ({ id, note }: { id: string; note: string | undefined }) => (
  <p id={id} className={floating.note}>
    {note}
  </p>
);

const yesOrNo: readonly Choice[] = [
  { id: 'true', name: t.yes },
  { id: 'false', name: t.no },
];
/** A value from another system is kept: it can stay in addition to the known ones. */
function optionsOf(field: Field, value: Value): readonly Choice[] {
  if (field.kind !== 'word') return yesOrNo;
  const word = wordOf(value);
  return field.options.some(({ id }) => id === word) ? field.options : [{ id: word, name: word }, ...field.options];
}
const wordOf = (value: Value): string => (typeof value === 'boolean' || typeof value === 'string' ? String(value) : '');

interface BoxesProps {
  options: readonly Choice[];
  value: readonly Choice[];
  onChange: (value: readonly Choice[]) => void;
}
function Boxes({ options, value, onChange }: BoxesProps) {
  const has = (option: Choice) => value.some(({ id }) => id === option.id);
  return (
    <div className={styles.boxes}>
      {options.map((option) => (
        <label key={option.id}>
          <input
            type="checkbox"
            checked={has(option)}
            onChange={({ target }) =>
              onChange(options.filter((one) => (one.id === option.id ? target.checked : has(one))))
            }
          />
          {option.name}
        </label>
      ))}
    </div>
  );
}
