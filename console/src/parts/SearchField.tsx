import { Search } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Key } from './atoms';
import styles from './SearchField.module.css';

interface Props extends Omit<ComponentProps<'input'>, 'type' | 'onChange'> {
  /** The accessible name: what is searched. */
  label: string;
  /** The shortcut key. */
  hint?: string;
  onChange: (text: string) => void;
}

export function SearchField({ label, hint, className = '', onChange, ...input }: Props) {
  return (
    <label className={`${styles.search} ${className}`} data-hint={hint ? true : undefined}>
      <Search size={14} aria-hidden />
      <span className="hidden">{label}</span>
      <input type="search" onChange={(event) => onChange(event.target.value)} {...input} />
      {hint && <Key>{hint}</Key>}
    </label>
  );
}
