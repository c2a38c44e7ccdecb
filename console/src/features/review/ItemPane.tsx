import { ChevronLeft, ChevronRight, MessageSquareText } from 'lucide-react';
import * as t from '#text/review';
import { day } from '#text/time';
import type { FieldFragment } from '../../generated/graphql';
import { Segments } from '../../parts/atoms';
import { SetBy, useBlame } from '../../parts/Blame';
import { Change } from '../../parts/Change';
import { Fields } from '../../parts/Fields';
import { State } from '../../parts/Glyph';
import { stateWord } from '../../parts/states';
import styles from './ItemPane.module.css';
import type { ReviewedVersion, Row } from './use-review';

export type Against = 'review' | 'base' | 'none';

interface Props {
  row: Row;
  version: ReviewedVersion;
  fields: readonly FieldFragment[];
  place: string;
  against: Against;
  onAgainst: (against: Against) => void;
  onStep: (by: number) => void;
}

/** One item: the last decision on it, its changes and its content. */
export function ItemPane({ row, version, fields, place, against, onAgainst, onStep }: Props) {
  const change = against === 'review' ? row.mine : against === 'base' ? row.base : undefined;
  const changed = new Set(change?.fields.map(({ path }) => path.split('/')[1]));
  const said = row.mine?.before?.decision;
  const rest = fields.filter(({ name }) => !changed.has(name));
  const blame = useBlame(version, row.itemKey);
  const options = [
    ...(version.mine ? [{ value: 'review' as const, label: t.sinceYourReview }] : []),
    ...(version.base ? [{ value: 'base' as const, label: t.sinceVersion(version.base.versionNumber) }] : []),
    { value: 'none' as const, label: t.asItIs },
  ];
  return (
    <article className={styles.pane} aria-label={row.label}>
      <header className={styles.head}>
        <h2>{row.label}</h2>
        <div className={styles.step}>
          <span>{place}</span>
          <button type="button" aria-label={t.previousItem} onClick={() => onStep(-1)}>
            <ChevronLeft size={16} aria-hidden />
          </button>
          <button type="button" aria-label={t.nextItem} onClick={() => onStep(1)}>
            <ChevronRight size={16} aria-hidden />
          </button>
        </div>
      </header>
      <div className={styles.body} tabIndex={0} role="region" aria-label={t.whatHolds(row.label)}>
        {said?.notes && version.mine && (
          <div className={styles.said}>
            <MessageSquareText size={15} strokeWidth={1.75} aria-hidden />
            <div>
              <p>{t.youThisInVersion(stateWord(said.status).toLowerCase(), version.mine.from.versionNumber)}</p>
              {said.notes}
            </div>
          </div>
        )}
        {options.length > 1 && (
          <div className={styles.against}>
            <Segments label={t.comparedWith} value={against} options={options} onChange={onAgainst} />
          </div>
        )}
        {change?.kind === 'ADDED' && <p className={styles.same}>{t.newInThisComparisonAll}</p>}
        {change?.kind === 'CHANGED' &&
          change.fields.map((one) => (
            <Change
              key={one.path}
              change={one}
              fields={fields}
              aside={<SetBy of={blame.get(one.path.split('/')[1] ?? '')} />}
            />
          ))}
        {against !== 'none' && !change && <p className={styles.same}>{t.nothingInItChanged}</p>}
        <div className={styles.rest}>
          <Fields of={row.content} fields={change?.kind === 'CHANGED' ? rest : fields} blame={blame} />
        </div>
        {row.decision && row.reviewStatus !== 'PENDING' && (
          <p className={styles.decided}>
            <State of={row.reviewStatus} />{' '}
            {t.decidedByDayVersion(row.decision.decidedBy.name, day(row.decision.decidedAt))}{' '}
            {row.decision.decidedInVersion.versionNumber}
            {row.decision.notes && <span>{row.decision.notes}</span>}
          </p>
        )}
      </div>
    </article>
  );
}
