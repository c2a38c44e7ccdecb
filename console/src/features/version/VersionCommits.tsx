import { nouns } from '#text/words';
import { usePages } from '../../api/use-pages';
import { VersionCommitsDocument } from '../../generated/graphql';
import { Commits } from '../../parts/Commits';
import { Failure, Waiting } from '../../parts/Notices';
import { Total } from '../../parts/Total';
import styles from './VersionPage.module.css';

/** The commits of a version, newest first. */
export default function VersionCommits({ versionId }: { versionId: string }) {
  const { data, list, error, refetch } = usePages(
    VersionCommitsDocument,
    { versionId },
    (read) => read.phaseVersion?.changes,
  );
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting bare rows={5} />;
  if (!data.phaseVersion) return null;
  const { cycle, report } = data.phaseVersion;
  return (
    <div className={styles.commits}>
      <Commits of={list.nodes} max={list.nodes.length} ids={{ ...cycle, ...report }} />
      <Total of={list} noun={nouns.commit} />
    </div>
  );
}
