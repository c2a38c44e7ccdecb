import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/my-work';
import { entryName } from '#text/words';
import { useApi } from '../../api/client';
import { NOW_AND_THEN_MS } from '../../api/live';
import { MyWorkDocument, type OpenVersionFragment, type WorkAsk, type WorkRowFragment } from '../../generated/graphql';
import { Age, Person } from '../../parts/atoms';
import { Glyph } from '../../parts/Glyph';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { turnOf } from '../turn';
import { groupsOf } from './asked';
import { Moved } from './Moved';
import styles from './MyWorkPage.module.css';
import type { Workflow } from './workflow';

interface Open {
  workflow: Workflow;
  version: OpenVersionFragment;
}

export const reads = MyWorkDocument;

/** The viewer's pending work, with its age and reason; then the work that waits for others, and recent changes. */
export default function MyWorkPage() {
  const { data, error, refetch, dataUpdatedAt } = useApi(MyWorkDocument, {}, { every: NOW_AND_THEN_MS });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={10} />;
  const groups = groupsOf(data.myWork?.nodes ?? []);
  const waiting = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const handedIn = data.handedIn?.nodes ?? [];
  const listed = [...groups.flatMap(({ rows }) => rows), ...handedIn];
  const mine = new Set(listed.map(({ version }) => version.versionId));
  const workflows = data.workflows?.nodes ?? [];
  const others: Open[] = workflows.flatMap((workflow) =>
    workflow.phases.flatMap((phase) =>
      phase.open.nodes.flatMap((version) => (mine.has(version.versionId) ? [] : [{ workflow, version }])),
    ),
  );
  return (
    <div className={styles.page}>
      <h1 className="hidden">{common.myWork}</h1>
      <div className={styles.lists}>
        <section aria-labelledby="for-me">
          <h2 id="for-me" className={styles.title}>
            {t.waitsForYou(<span>{waiting}</span>)}
          </h2>
          {waiting === 0 && <Notice title={t.nothingWaitsForYou}>{t.whatOthersAreAskedTo}</Notice>}
          {groups.map(({ title, rows }) => (
            <Group key={title} title={title} of={rows.length}>
              {rows.map((entry) => (
                <WorkRow key={entry.version.versionId} entry={entry} who={[fromWhom(entry.version)]} />
              ))}
            </Group>
          ))}
        </section>
        {handedIn.length + others.length > 0 && (
          <section aria-labelledby="for-others">
            <h2 id="for-others" className={styles.title}>
              {t.waitsForOthers(<span>{(data.handedIn?.totalCount ?? 0) + others.length}</span>)}
            </h2>
            {handedIn.length > 0 && (
              <Group title={t.whatYouHandedIn} of={data.handedIn!.totalCount}>
                {handedIn.map((entry) => (
                  <WorkRow
                    key={entry.version.versionId}
                    entry={entry}
                    who={entry.version.turn?.people.map(({ name }) => name) ?? []}
                  />
                ))}
              </Group>
            )}
            {others.length > 0 && (
              <Group title={handedIn.length > 0 ? t.whatOthersHaveBegun : t.whatIsUnderWay} of={others.length}>
                {others.map((one) => (
                  <OpenRow key={one.version.versionId} {...one} />
                ))}
              </Group>
            )}
          </section>
        )}
      </div>
      {data.viewer && (
        <Moved key={data.viewer.userId} workflows={workflows} person={data.viewer} readAt={dataUpdatedAt} />
      )}
    </div>
  );
}

const Group = ({ title, of, children }: { title: string; of: number; children: ReactNode }) => (
  <div className={styles.group}>
    <h3>
      {title} <span>{of}</span>
    </h3>
    <ul className={styles.rows}>{children}</ul>
  </div>
);

interface RowProps {
  version: OpenVersionFragment | WorkRowFragment['version'];
  report: string;
  why: string;
  who: readonly string[];
  since: string;
  ask?: WorkAsk;
}
const placeOf = (status: string, ask: WorkAsk | undefined) => {
  if (ask === 'SIGN') return '/v/$versionId/sign' as const;
  return status === 'PENDING_APPROVAL' ? ('/v/$versionId/review' as const) : ('/v/$versionId' as const);
};

/** One entry; the whole row is a link to the page for the task. */
function Row({ version, report, why, who, since, ask }: RowProps) {
  return (
    <li>
      <Link to={placeOf(version.status, ask)} params={{ versionId: version.versionId }} className={styles.row}>
        <Glyph shape={version.status === 'DRAFT' ? 'working' : 'waiting'} />
        <span className={styles.what}>
          <b title={entryName(version)}>{entryName(version)}</b>
          <small>{report}</small>
        </span>
        <span className={styles.why}>{why}</span>
        <span className={styles.who}>
          {who.slice(0, 2).map((name) => (
            <Person key={name} name={name} />
          ))}
        </span>
        <Age of={since} />
      </Link>
    </li>
  );
}

/** Who handed it in, or sent it back. */
const fromWhom = ({ reviewedBy, submittedBy, createdBy }: WorkRowFragment['version']): string =>
  (reviewedBy ?? submittedBy ?? createdBy).name;

const WorkRow = ({ entry, who }: { entry: WorkRowFragment; who: readonly string[] }) => (
  <Row
    version={entry.version}
    report={entry.workflow.report.name}
    why={[entry.reason, entry.ask === 'REVISE' && entry.version.approvalNotes].filter(Boolean).join(' ')}
    who={who}
    since={entry.since}
    ask={entry.ask}
  />
);

function OpenRow({ workflow, version }: Open) {
  const { who, since, why } = turnOf(version);
  return <Row version={version} report={workflow.report.name} why={why} who={who} since={since} />;
}
