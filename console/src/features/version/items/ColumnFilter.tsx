import { useMemo } from 'react';
import * as common from '#text/common';
import { asLocal, fromLocal, timeZone } from '#text/time';
import * as t from '#text/version';
import { numeral } from '#text/words';
import { Button } from '../../../parts/atoms';
import { shown, type Json } from '../../../parts/value';
import { choiceOf, isEmpty, type Column, type Item } from './columns';
import styles from './ItemsGrid.module.css';
import type { ItemsView } from './use-view';
import { valuesOf } from './view';
import type { Condition } from './where';

/** Above this number of values, the filter is a search field instead of check boxes. */
const MOST_CHOICES = 12;

interface Props {
  column: Column;
  items: readonly Item[];
  allColumns: readonly Column[];
  of: ItemsView;
}

/** The filter of a column: check boxes for few values, a range for ordered types, a search for texts. */
export function ColumnFilter({ column, items, allColumns, of: { view, narrow } }: Props) {
  const { name, kind } = column;
  const condition: Condition = view.where[name] ?? {};
  const values = useMemo(() => valuesOf(items, allColumns, column, view), [items, allColumns, column, view]);
  const set = (change: Condition) => {
    const next = Object.fromEntries(
      Object.entries({ ...condition, ...change }).filter(([, value]) => value !== undefined && value !== ''),
    );
    narrow(name, Object.keys(next).length > 0 ? next : undefined);
  };
  const isOrdered = ['INTEGER', 'NUMBER', 'DATE', 'INSTANT'].includes(kind);
  const isDocument = ['JSON', 'JSON_LIST', 'TEXT_LIST', 'OBJECTS'].includes(kind);
  const hasChoices =
    ['ENUMERATION', 'FLAG'].includes(kind) ||
    (kind === 'TEXT' && name !== 'label' && (values.length <= MOST_CHOICES || condition.in !== undefined));
  const isText = !hasChoices && !isOrdered && (isDocument || ['TEXT', 'LONG_TEXT'].includes(kind));
  return (
    <div className={styles.filter}>
      {hasChoices && <Choices column={column} values={values} condition={condition} set={set} />}
      {isText && (
        <label>
          {t.hasInIt}
          <input
            value={condition.contains ?? ''}
            maxLength={200}
            onChange={(event) => set({ contains: event.target.value })}
          />
        </label>
      )}
      {isOrdered && (
        <div className={styles.range}>
          <Bound
            label={common.from}
            column={column}
            value={condition.atLeast}
            onChange={(atLeast) => set({ atLeast })}
          />
          <Bound label={common.to} column={column} value={condition.atMost} onChange={(atMost) => set({ atMost })} />
        </div>
      )}
      {!hasChoices && name !== 'label' && (
        <label className={styles.tick}>
          <input
            type="checkbox"
            checked={condition.isNull === true}
            onChange={(event) => set({ isNull: event.target.checked ? true : undefined })}
          />
          {t.onlyEmptyValues}
        </label>
      )}
      {view.where[name] && (
        <Button kind="quiet" onClick={() => narrow(name, undefined)}>
          {t.showAllValues}
        </Button>
      )}
    </div>
  );
}

interface ChoicesProps {
  column: Column;
  values: readonly { value: Json | undefined; count: number }[];
  condition: Condition;
  set: (change: Condition) => void;
}
function Choices({ column, values, condition, set }: ChoicesProps) {
  // Selected values are listed even if no item has them any more, so that they can be deselected.
  const gone = (condition.in ?? []).filter((one) => !values.some(({ value }) => value === one));
  const all = [...values, ...gone.map((value) => ({ value, count: 0 }))];
  const toggle = (value: Json | undefined, isOn: boolean) => {
    // The API filters for missing values by another operator.
    if (isEmpty(value)) return set({ in: undefined, isNull: isOn ? true : undefined });
    const chosen = (condition.in ?? []).filter((one) => one !== value);
    const next = isOn ? [...chosen, value] : chosen;
    set({ in: next.length > 0 ? next : undefined, isNull: undefined });
  };
  return (
    <fieldset>
      <legend className="hidden">{t.whichValuesAreShown}</legend>
      {all.map(({ value, count }) => (
        <label key={choiceOf(value)} className={styles.tick}>
          <input
            type="checkbox"
            checked={isEmpty(value) ? condition.isNull === true : (condition.in?.includes(value) ?? false)}
            onChange={(event) => toggle(value, event.target.checked)}
          />
          <span>{isEmpty(value) ? t.nothing : shown(value, column)}</span>
          <small>{numeral(count)}</small>
        </label>
      ))}
    </fieldset>
  );
}

interface BoundProps {
  label: string;
  column: Column;
  value: string | number | undefined;
  onChange: (value: string | number | undefined) => void;
}
function Bound({ label, column: { kind }, value, onChange }: BoundProps) {
  const isNumber = kind === 'INTEGER' || kind === 'NUMBER';
  const read = (text: string) => {
    if (text === '') return undefined;
    if (isNumber) return Number(text);
    return kind === 'DATE' ? text : fromLocal(text);
  };
  return (
    <label>
      {label}
      {kind === 'INSTANT' && `, ${timeZone}`}
      <input
        type={isNumber ? 'number' : kind === 'DATE' ? 'date' : 'datetime-local'}
        value={kind === 'INSTANT' && typeof value === 'string' ? asLocal(value) : (value ?? '')}
        onChange={(event) => onChange(read(event.target.value))}
      />
    </label>
  );
}
