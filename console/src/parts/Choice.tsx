import styles from './Choice.module.css';

interface ChoiceProps {
  label: string;
  value: string | undefined;
  /** The label for no choice. */
  all: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string | undefined) => void;
}

/** An optional filter with a few values. */
export const Choice = ({ label, value, all, options, onChange }: ChoiceProps) => (
  <label className={styles.choice}>
    <span>{label}</span>
    <select value={value ?? ''} onChange={(event) => onChange(event.target.value || undefined)}>
      <option value="">{all}</option>
      {options.map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  </label>
);
