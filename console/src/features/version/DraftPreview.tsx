import { Link } from '@tanstack/react-router';
import * as t from '#text/version';
import { useApi } from '../../api/client';
import { DraftPreviewDocument, type VersionHeadFragment } from '../../generated/graphql';
import styles from './DraftPreview.module.css';

const kinds = { ADDED: ['+', t.added], REMOVED: ['−', t.removed], CHANGED: ['~', t.changed] } as const;

/** What a draft from this version would change in the version in force: how much, and the first few changes. */
export function DraftPreview({ version: { versionId }, from }: { version: VersionHeadFragment; from: number }) {
  const { data } = useApi(DraftPreviewDocument, { versionId, from });
  const diff = data?.phaseVersion?.diff;
  if (!diff) return <p className={styles.preview} aria-busy={!data} />;
  const { added, removed, changed, fieldsChanged } = diff.summary;
  const items = added + removed + changed;
  const parts = [
    changed > 0 && t.changesItems(changed),
    added > 0 && t.addsItems(added),
    removed > 0 && t.removesItems(removed),
    fieldsChanged > 0 && t.changesOfTheVersionItself(fieldsChanged),
  ].filter((one) => one !== false);
  return (
    <div className={styles.preview}>
      <p>
        {parts.length === 0 ? t.itHasTheSameContent(from) : t.comparedWithVersionWhichIs(from, parts)}{' '}
        {parts.length > 0 && (
          <Link to="/v/$versionId/diff" params={{ versionId }} search={{ from }}>
            {t.showAllOfIt}
          </Link>
        )}
      </p>
      <ul>
        {diff.items.nodes.map(({ itemKey, label, kind }) => (
          <li key={itemKey} data-kind={kind}>
            <span aria-hidden>{kinds[kind][0]}</span> {label}
            <span className="hidden">, {kinds[kind][1]}</span>
          </li>
        ))}
        {items > diff.items.nodes.length && <li>{t.andMoreItems(items - diff.items.nodes.length)}</li>}
      </ul>
    </div>
  );
}
