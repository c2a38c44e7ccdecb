import { useApi } from '../../api/client';
import { VersionCommitsDocument } from '../../generated/graphql';
import { Commits } from '../../parts/Commits';
import { Failure, Waiting } from '../../parts/Notices';
import styles from './VersionPage.module.css';

/** The commits of a version, newest first. */
export default function VersionCommits({ versionId }: { versionId: string }) {
  const { data, error, refetch } = useApi(VersionCommitsDocument, { versionId });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting bare rows={5} />;
  return (
    <div className={styles.commits}>
      <Commits of={data.phaseVersion?.changes.nodes ?? []} max={100} />
    </div>
  );
}
