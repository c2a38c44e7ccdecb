import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import * as common from '#text/common';
import * as t from '#text/log';
import { act, capital, versionName } from '#text/words';
import { useApi } from '../../api/client';
import { LogDocument, type LogQuery } from '../../generated/graphql';
import { Age, Hash, Person } from '../../parts/atoms';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import { filterOf, type Asked } from './asked';
import { CommitDetail } from './CommitDetail';
import { LogFilters } from './LogFilters';
import styles from './LogPage.module.css';

const route = getRouteApi('/w/$cycleId/$reportId/log');
type Commit = NonNullable<LogQuery['workflow']>['changes']['nodes'][number];

/** The commits of a workflow, newest first: who did what, when and why, and the rows of each. */
export default function LogPage() {
  const ids = route.useParams();
  const { after, commit, ...asked } = route.useSearch();
  const navigate = useNavigate({ from: '/w/$cycleId/$reportId/log' });
  const given = { ...ids, after: after ?? null, filter: filterOf(asked) };
  const { data, error, refetch } = useApi(LogDocument, given, { keep: true });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={12} />;
  if (!data.workflow) return <NotThere what="workflow" />;
  const { report, changes } = data.workflow;
  // Each commit and each page of the list is a step back for the browser; the filters are not, since they are set one after the other.
  const set = (patch: { commit?: number | undefined; after?: string | undefined }) =>
    void navigate({ search: (previous) => ({ ...previous, ...patch }) });
  const narrow = (next: Asked) => void navigate({ search: ({ at }) => ({ at, ...next }), replace: true });
  return (
    <div className={styles.page} data-open={commit !== undefined || undefined}>
      <header className={styles.head}>
        <div>
          <p>
            <Link to="/w/$cycleId/$reportId" activeOptions={{ exact: true }} params={ids}>
              {report.name}
            </Link>{' '}
            ·{' '}
            <Link to="/verify" search={{ cycle: ids.cycleId, report: ids.reportId }}>
              {common.verification}
            </Link>
          </p>
          <h1>{t.commits}</h1>
        </div>
        <LogFilters asked={asked} onChange={narrow} />
      </header>
      <section className={styles.list} aria-label={t.commitsNewestFirst}>
        {changes.nodes.length === 0 ? (
          <Notice bare title={t.noSuchCommit}>
            {t.noCommitOfThisWorkflow}
          </Notice>
        ) : (
          <table className={styles.commits} aria-label={t.commitsNewestFirst}>
            <thead>
              <tr>
                <th scope="col">{t.no}</th>
                <th scope="col">{t.who}</th>
                <th scope="col">{t.what}</th>
                <th scope="col">{t.age}</th>
                <th scope="col">{t.hash}</th>
              </tr>
            </thead>
            <tbody>
              {changes.nodes.map((one) => (
                <CommitRow
                  key={one.sequence}
                  commit={one}
                  isOpen={one.sequence === commit}
                  onOpen={() => set({ commit: one.sequence })}
                />
              ))}
            </tbody>
          </table>
        )}
        <p className={styles.total}>
          {common.commitCount(changes.totalCount)}
          {changes.pageInfo.hasNextPage && (
            <button type="button" onClick={() => set({ after: changes.pageInfo.endCursor ?? undefined })}>
              {t.olderOnes}
            </button>
          )}
        </p>
      </section>
      {commit !== undefined && <CommitDetail ids={ids} sequence={commit} onClose={() => set({ commit: undefined })} />}
    </div>
  );
}

function CommitRow({ commit, isOpen, onOpen }: { commit: Commit; isOpen: boolean; onOpen: () => void }) {
  const version = commit.versions.at(-1);
  return (
    <tr data-active={isOpen || undefined}>
      <td>
        <button type="button" aria-pressed={isOpen} aria-label={t.commitSequence(commit.sequence)} onClick={onOpen}>
          {commit.sequence}
        </button>
      </td>
      <td>
        <Person name={commit.actor?.name ?? common.theDatabase} />
      </td>
      <td>
        {capital(act(commit.operation))}{' '}
        {version && (
          <Link to="/v/$versionId" params={{ versionId: version.versionId }}>
            {versionName(version)}
          </Link>
        )}
        {commit.reason && <small>{commit.reason}</small>}
      </td>
      <td>
        <Age of={commit.committedAt} />
      </td>
      <td>
        <Hash value={commit.hash} />
      </td>
    </tr>
  );
}
