import styles from './CheckList.module.css';

interface Props<T extends string> {
  /** The meaning of the options, and of choosing none. */
  legend: string;
  options: readonly (readonly [value: T, name: string])[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}

/** A list of checkboxes; long lists scroll. */
export const CheckList = <T extends string>({ legend, options, chosen, onChange }: Props<T>) => (
  <fieldset className={styles.list}>
    <legend>{legend}</legend>
    <div tabIndex={0} role="group" aria-label={legend}>
      {options.map(([value, name]) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ target }) =>
              onChange(target.checked ? [...chosen, value] : chosen.filter((one) => one !== value))
            }
          />
          {name}
        </label>
      ))}
    </div>
  </fieldset>
);
