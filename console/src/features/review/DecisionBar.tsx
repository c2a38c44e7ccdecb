import { X } from 'lucide-react';
import type { RefObject } from 'react';
import type { ItemReviewStatus } from '../../generated/graphql';
import { Button, Key } from '../../parts/atoms';
import { Glyph } from '../../parts/Glyph';
import { stateShape } from '../../parts/states';
import { leaveOnEscape } from '../../shell/use-focus';
import { count } from '#text/words';
import { askedReason } from '../version/decisions';
import styles from './DecisionBar.module.css';

interface Props {
  /** The subject: the open item, or the number of selected ones. */
  label: string;
  status: ItemReviewStatus | undefined;
  selected: number;
  note: string;
  /** The chosen decision whose required note is missing. */
  missing: ItemReviewStatus | null;
  knowsModified: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
  onNote: (note: string) => void;
  onDecide: (status: ItemReviewStatus) => void;
  onClear: () => void;
}

const decisions = [
  ['APPROVED', 'Approve', 'a'],
  ['MODIFIED', 'Modified', 'm'],
  ['REJECTED', 'Reject', 'r'],
] as const;

/** Decides one item or several, with the same keys, note and place. */
export function DecisionBar(props: Props) {
  const { label, status, selected, note, missing, knowsModified, field, onNote, onDecide, onClear } = props;
  return (
    <div className={styles.bar} role="group" aria-label={`Decide ${label}`}>
      {selected > 0 && (
        <p className={styles.selected}>
          <b>{count(selected, 'item')}</b> selected
          <Button kind="quiet" aria-label="Clear the selection" onClick={onClear}>
            <X size={14} aria-hidden />
          </Button>
        </p>
      )}
      <label className={styles.note}>
        <span className="hidden">Note on {label}</span>
        <textarea
          ref={field}
          rows={note.length > 60 || missing ? 2 : 1}
          value={note}
          placeholder={
            selected > 0
              ? 'One note for all of them'
              : knowsModified
                ? 'Note (required unless you approve)'
                : 'Note (required for a rejection)'
          }
          aria-invalid={missing !== null || undefined}
          aria-describedby={missing ? 'note-missing' : undefined}
          onChange={(event) => onNote(event.target.value)}
          onKeyDown={leaveOnEscape}
        />
        <Key>n</Key>
        {missing !== null && (
          <small id="note-missing" role="alert">
            {askedReason(missing)}
          </small>
        )}
      </label>
      <div className={styles.decisions}>
        {decisions
          .filter(([decision]) => knowsModified || decision !== 'MODIFIED')
          .map(([decision, word, key]) => (
            <Button
              key={decision}
              aria-pressed={status === decision}
              aria-keyshortcuts={key}
              onClick={() => onDecide(decision)}
            >
              <Glyph shape={stateShape(decision)} />
              {word} <Key>{key}</Key>
            </Button>
          ))}
      </div>
    </div>
  );
}
