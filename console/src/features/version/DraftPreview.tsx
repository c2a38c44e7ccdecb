import { Link } from '@tanstack/react-router';
import { useApi } from '../../api/client';
import { DraftPreviewDocument, type VersionHeadFragment } from '../../generated/graphql';
import { allOf, count } from '#text/words';
import styles from './DraftPreview.module.css';

const signs = { ADDED: '+', REMOVED: '−', CHANGED: '~' } as const;

/** What a draft from this version would change in the version in force: how much, and the first few changes. */
export function DraftPreview({ version: { versionId }, from }: { version: VersionHeadFragment; from: number }) {
  const { data } = useApi(DraftPreviewDocument, { versionId, from });
  const diff = data?.phaseVersion?.diff;
  if (!diff) return <p className={styles.preview} aria-busy={!data} />;
  const { added, removed, changed, fieldsChanged } = diff.summary;
  const items = added + removed + changed;
  const parts = [
    changed > 0 && `changes ${count(changed, 'item')}`,
    added > 0 && `adds ${count(added, 'item')}`,
    removed > 0 && `removes ${count(removed, 'item')}`,
    fieldsChanged > 0 && `changes ${count(fieldsChanged, 'field')} of the version itself`,
  ].filter((one) => one !== false);
  return (
    <div className={styles.preview}>
      <p>
        {parts.length === 0
          ? `It has the same content as version ${from}, which is in force.`
          : `Compared with version ${from}, which is in force, the draft ${allOf(parts)}.`}{' '}
        {parts.length > 0 && (
          <Link to="/v/$versionId/diff" params={{ versionId }} search={{ from }}>
            Show all of it
          </Link>
        )}
      </p>
      <ul>
        {diff.items.nodes.map(({ itemKey, label, kind }) => (
          <li key={itemKey} data-kind={kind}>
            <span aria-hidden>{signs[kind]}</span> {label}
            <span className="hidden">, {kind.toLowerCase()}</span>
          </li>
        ))}
        {items > diff.items.nodes.length && <li>and {items - diff.items.nodes.length} more</li>}
      </ul>
    </div>
  );
}
