import { Link } from '@tanstack/react-router';
import { usePages } from '../../api/use-pages';
import { RecordVersionsDocument, type FieldFragment } from '../../generated/graphql';
import { Age, Person } from '../../parts/atoms';
import { Failure, Waiting } from '../../parts/Notices';
import { valueOf } from '../../parts/value';
import { act, allOf, capital } from '#text/words';
import { Total } from '../../parts/Total';
import styles from './RecordVersions.module.css';

interface Props {
  versionId: string;
  fields: readonly FieldFragment[];
}

/** The versions of a record, newest first: who made each and why, and what it changed. */
export default function RecordVersions({ versionId, fields }: Props) {
  const { data, list, error, refetch } = usePages(
    RecordVersionsDocument,
    { versionId },
    (read) => read.phaseVersion?.history,
  );
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting rows={3} />;
  const versions = list.nodes;
  return (
    <>
      <ol className={styles.versions} aria-label="Versions of this record, newest first">
        {versions.map((one, index) => {
          const before = versions[index + 1];
          const [commit] = one.changes.nodes;
          const changed = before
            ? fields.filter(
                (field) =>
                  field.isContent &&
                  JSON.stringify(valueOf(one.content, field)) !== JSON.stringify(valueOf(before.content, field)),
              )
            : [];
          return (
            <li key={one.versionId} data-shown={one.versionId === versionId || undefined}>
              <div>
                <h2>
                  <Link to="/v/$versionId" params={{ versionId: one.versionId }} search={{ tab: 'versions' }}>
                    Version {one.versionNumber}
                  </Link>
                  {one.versionId === versionId && <small>this one</small>}
                </h2>
                <p>
                  {commit && capital(act(commit.operation))}
                  {before && changed.length > 0 && `: ${allOf(changed.map(({ title }) => title))}`}
                </p>
                {commit?.reason && <blockquote>{commit.reason}</blockquote>}
                {before && (
                  <Link
                    to="/v/$versionId/diff"
                    params={{ versionId: one.versionId }}
                    search={{ from: before.versionNumber }}
                  >
                    What it changed
                  </Link>
                )}
              </div>
              <Person name={one.createdBy.name} />
              <Age of={one.createdAt} />
            </li>
          );
        })}
      </ol>
      <Total of={list} one="version" />
    </>
  );
}
