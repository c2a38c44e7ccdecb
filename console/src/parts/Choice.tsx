import styles from './Choice.module.css';

interface ChoiceProps {
  label: string;
  value: string | undefined;
  /** What nothing chosen is called. */
  all: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string | undefined) => void;
}

/** One of a few that narrows down what is looked at, or none. */
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
