import { Link } from '@tanstack/react-router';
import * as common from '#text/common';
import * as t from '#text/version';
import { act, allOf, capital, nouns } from '#text/words';
import { usePages } from '../../api/use-pages';
import { RecordVersionsDocument, type FieldFragment } from '../../generated/graphql';
import { Age, Person } from '../../parts/atoms';
import { Failure, Waiting } from '../../parts/Notices';
import { valueOf } from '../../parts/value';
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
      <ol className={styles.versions} aria-label={t.versionsOfThisRecordNewest}>
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
                    {common.version(one.versionNumber)}
                  </Link>
                  {one.versionId === versionId && <small>{t.thisOne}</small>}
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
                    {t.whatItChanged}
                  </Link>
                )}
              </div>
              <Person name={one.createdBy.name} />
              <Age of={one.createdAt} />
            </li>
          );
        })}
      </ol>
      <Total of={list} noun={nouns.version} />
    </>
  );
}
