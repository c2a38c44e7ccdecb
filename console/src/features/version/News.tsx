import { useIsFetching, useIsMutating, useQueryClient } from '@tanstack/react-query';
import * as t from '#text/version';
import { useSubscription } from '../../api/live';
import { VersionNewsDocument, type VersionHeadFragment } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import styles from './News.module.css';

type Of = Pick<VersionHeadFragment, 'versionId' | 'revision' | 'workflow'>;

/** Announces changes by others as they happen. The page itself stays still until the viewer reloads it. */
export function News({ of: { versionId, revision, workflow } }: { of: Of }) {
  const queries = useQueryClient();
  const told = useSubscription(
    VersionNewsDocument,
    { versionId },
    { after: workflow?.lastChange?.sequence },
  )?.versionChanged;
  // A commit of this page is delivered here too, maybe before the page has read it; what is being read is no news.
  const isReading =
    useIsFetching({ predicate: ({ queryKey }) => JSON.stringify(queryKey).includes(versionId) }) + useIsMutating() > 0;
  const isNews = told?.versionId === versionId && told.revision > revision && !isReading;
  return (
    <div role="status" className={styles.news} data-told={isNews || undefined}>
      {isNews && (
        <>
          <p>
            {t.changedMeanwhileRevision(told.revision)} <State of={told.status} />
          </p>
          <Button onClick={() => void queries.invalidateQueries()}>{t.showIt}</Button>
          <p className={styles.kept}>{t.whatYouTypedStays}</p>
        </>
      )}
    </div>
  );
}
