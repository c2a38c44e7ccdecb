import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { FieldFragment } from '../../../generated/graphql';
import { Control } from '../../../parts/Control';
import styles from './ItemsGrid.module.css';

/** The types that are edited in a cell; for the others, the form beside the table has more room. */
export const fitsCell = ({ kind }: FieldFragment): boolean => !['JSON', 'JSON_LIST', 'TEXT_LIST'].includes(kind);

/** The direction to move in when a cell is done. */
export type Onward = 'stay' | 'down' | 'right' | 'left';

interface Props {
  field: FieldFragment;
  label: string;
  value: string;
  onDone: (text: string | undefined, onward: Onward | undefined) => void;
}

/** A cell in edit mode: Enter keeps the input and moves down, Tab moves on, Escape discards it. */
export function CellEditor({ field, label, value, onDone }: Props) {
  const [text, setText] = useState(value);
  const box = useRef<HTMLDivElement>(null);
  const isDone = useRef(false);
  useLayoutEffect(() => {
    const control = box.current?.querySelector<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
      'input, textarea, select',
    );
    control?.focus();
    if (control && 'select' in control) control.select();
  }, []);
  const done = (given: string | undefined, onward?: Onward) => {
    if (isDone.current) return;
    isDone.current = true;
    onDone(given, onward);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, shiftKey } = event;
    const onward = key === 'Enter' && !shiftKey ? 'down' : key === 'Tab' ? (shiftKey ? 'left' : 'right') : undefined;
    if (!onward && key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (onward) done(text, onward);
    else done(undefined, 'stay');
  };
  return (
    <div
      ref={box}
      className={styles.editor}
      data-long={field.kind === 'LONG_TEXT' || undefined}
      onKeyDown={onKeyDown}
      onBlur={() => done(text)}
    >
      <Control id="cell" label={label} field={field} value={text} onChange={setText} />
    </div>
  );
}
