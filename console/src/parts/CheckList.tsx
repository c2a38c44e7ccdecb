import styles from './CheckList.module.css';

interface Props<T extends string> {
  /** What they are, and what it means that none is chosen. */
  legend: string;
  options: readonly (readonly [value: T, name: string])[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}

/** Any of a list; of a long one a part is in view. */
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
