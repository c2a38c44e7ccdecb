import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { day } from '#text/time';
import * as t from '#text/version';
import type { FieldFragment, ItemFragment } from '../../../generated/graphql';
import { Button } from '../../../parts/atoms';
import { useBlame, useDecisionBefore } from '../../../parts/Blame';
import { Fields } from '../../../parts/Fields';
import { State } from '../../../parts/Glyph';
import { stateWord } from '../../../parts/states';
import styles from './ItemDetail.module.css';

interface Props {
  version: { versionId: string; contentHash: string };
  item: ItemFragment;
  fields: readonly FieldFragment[];
  areDecided: boolean;
  onClose: () => void;
  children?: ReactNode;
}
/** One item in full, beside the table. */
export function ItemDetail({ version, item, fields, areDecided, onClose, children }: Props) {
  const { decision } = item;
  const blame = useBlame(version, item.itemKey);
  const before = useDecisionBefore(version, item.itemKey);
  const isSentBack = item.reviewStatus === 'PENDING' && before !== undefined && before.status !== 'APPROVED';
  return (
    <section className={styles.detail} aria-label={item.label}>
      <header>
        <h2>{item.label}</h2>
        <Button kind="quiet" aria-label={t.closeTheItem} onClick={onClose}>
          <X size={16} aria-hidden />
        </Button>
      </header>
      {areDecided && (
        <p className={styles.decision}>
          <State of={item.reviewStatus} />
          {decision && item.reviewStatus !== 'PENDING' && (
            <span>
              {t.decidedByDayVersion(
                decision.decidedBy.name,
                day(decision.decidedAt),
                decision.decidedInVersion.versionNumber,
              )}
            </span>
          )}
        </p>
      )}
      {decision?.notes && <p className={styles.notes}>{decision.notes}</p>}
      {isSentBack && (
        <blockquote className={styles.notes}>
          <b>{t.inVersion(stateWord(before.status), before.decidedInVersion.versionNumber, before.decidedBy.name)}</b>
          {before.notes && <p>{before.notes}</p>}
        </blockquote>
      )}
      {children || <Fields of={item.content} fields={fields} blame={blame} />}
    </section>
  );
}
