import { Plus, X } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import * as t from '#text/admin';
import { useApi } from '../../api/client';
import { messageOf } from '../../api/error';
import styles from './AdminPage.module.css';
import type { Choice, Row, Source } from './register';

interface Props {
  label: string;
  from: Source;
  isMany: boolean;
  value: readonly Choice[];
  onChange: (value: readonly Choice[]) => void;
}
const SHOWN = 6;

/** Picks one or several entries of the register by name. The server searches, since a bank has more of them than a list can hold. */
export function Picker({ label, from, isMany, value, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const choose = (one: Choice) => {
    onChange(isMany ? [...value, { id: one.id, name: one.name }] : [{ id: one.id, name: one.name }]);
    setSearch('');
    setOpen(false);
    field.current?.focus();
  };
  const takeAway = (one: Choice) => {
    onChange(value.filter(({ id }) => id !== one.id));
    field.current?.focus();
  };
  return (
    <div
      className={styles.picker}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}
    >
      {value.length > 0 && (
        <ul className={styles.chosen}>
          {value.map((one) => (
            <li key={one.id}>
              <span>{one.name}</span>
              <button type="button" aria-label={t.takeAway(one.name)} onClick={() => takeAway(one)}>
                <X size={12} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        ref={field}
        type="search"
        aria-label={t.findLabel(label)}
        placeholder={value.length > 0 && !isMany ? t.chooseAnother : t.find}
        value={search}
        onClick={() => setOpen(true)}
        onKeyDown={(event) => onKey(event, () => setOpen(true))}
        onChange={({ target }) => {
          setSearch(target.value);
          setOpen(true);
        }}
      />
      {isOpen && <Found from={from} search={search} without={value} onChoose={choose} />}
    </div>
  );
}

/** Enter searches, and does not submit the surrounding form. */
function onKey(event: KeyboardEvent, open: () => void) {
  if (event.key === 'Enter') event.preventDefault();
  if (event.key === 'Enter' || event.key === 'ArrowDown') open();
}

interface FoundProps {
  from: Source;
  search: string;
  without: readonly Choice[];
  onChoose: (row: Row) => void;
}
function Found({ from: { register, filter }, search, without, onChoose }: FoundProps) {
  const asked = { search: search.trim() || null, first: SHOWN + without.length, after: null, ...filter };
  const { data, error } = useApi(register.list, asked, { keep: true });
  if (error) return <p role="alert">{messageOf(error)}</p>;
  if (data === undefined) return <p role="status">{t.looking}</p>;
  const page = register.read(data);
  const rows = page.rows.filter(({ id }) => without.every((one) => one.id !== id)).slice(0, SHOWN);
  return (
    <ul className={styles.found}>
      {rows.map((row) => (
        <li key={row.id}>
          <button type="button" onClick={() => onChoose(row)}>
            <Plus size={12} aria-hidden />
            {row.name}
          </button>
        </li>
      ))}
      {rows.length === 0 && <li>{search ? t.nothingMatches(search) : t.thereIsNothingMore}</li>}
      {page.totalCount > rows.length + without.length && <li>{t.fitTypeMoreOfThe(page.totalCount)}</li>}
    </ul>
  );
}
