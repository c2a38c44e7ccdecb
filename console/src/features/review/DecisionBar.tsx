import { X } from 'lucide-react';
import type { RefObject } from 'react';
import * as t from '#text/review';
import type { ItemReviewStatus } from '../../generated/graphql';
import { Button, Key } from '../../parts/atoms';
import { Glyph } from '../../parts/Glyph';
import { stateShape } from '../../parts/states';
import { leaveOnEscape } from '../../shell/use-focus';
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
  ['APPROVED', t.approve, 'a'],
  ['MODIFIED', t.modified, 'm'],
  ['REJECTED', t.reject, 'r'],
] as const;

/** Decides one item or several, with the same keys, note and place. */
export function DecisionBar(props: Props) {
  const { label, status, selected, note, missing, knowsModified, field, onNote, onDecide, onClear } = props;
  return (
    <div className={styles.bar} role="group" aria-label={t.decideLabel(label)}>
      {selected > 0 && (
        <p className={styles.selected}>
          {t.selected(selected)}
          <Button kind="quiet" aria-label={t.clearTheSelection} onClick={onClear}>
            <X size={14} aria-hidden />
          </Button>
        </p>
      )}
      <label className={styles.note}>
        <span className="hidden">{t.noteOn(label)}</span>
        <textarea
          ref={field}
          rows={note.length > 60 || missing ? 2 : 1}
          value={note}
          placeholder={
            selected > 0
              ? t.oneNoteForAllOf
              : knowsModified
                ? t.noteRequiredUnlessYouApprove
                : t.noteRequiredForARejection
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
