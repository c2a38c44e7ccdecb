import { useQueryClient } from '@tanstack/react-query';
import { useTold } from '../../api/live';
import { VersionNewsDocument, type VersionHeadFragment } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import styles from './News.module.css';

type Of = Pick<VersionHeadFragment, 'versionId' | 'revision' | 'workflow'>;

/** Announces changes by others as they happen. The page itself stays still until the viewer reloads it. */
export function News({ of: { versionId, revision, workflow } }: { of: Of }) {
  const queries = useQueryClient();
  const told = useTold(VersionNewsDocument, { versionId }, { after: workflow?.lastChange?.sequence })?.versionChanged;
  const isNews = told?.versionId === versionId && told.revision > revision;
  return (
    <div role="status" className={styles.news} data-told={isNews || undefined}>
      {isNews && (
        <>
          <p>
            Changed meanwhile: revision {told.revision} <State of={told.status} />
          </p>
          <Button onClick={() => void queries.invalidateQueries()}>Show it</Button>
          <p className={styles.kept}>What you typed stays.</p>
        </>
      )}
    </div>
  );
}
