import { Link, useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import * as common from '#text/common';
import * as t from '#text/insights';
import { day } from '#text/time';
import { entryName } from '#text/words';
import { useApi } from '../../api/client';
import { InsightsRowsDocument, type PhaseVersionFilter } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import { Failure, Waiting } from '../../parts/Notices';
import styles from './InsightsPage.module.css';

/** The versions that a figure counts. */
export function Rows({ filter }: { filter: PhaseVersionFilter }) {
  const [after, setAfter] = useState<string>();
  const navigate = useNavigate({ from: '/insights' });
  const heading = useRef<HTMLHeadingElement>(null);
  const { data, error, refetch } = useApi(InsightsRowsDocument, { filter, after: after ?? null }, { keep: true });
  useEffect(() => heading.current?.focus(), []);
  const page = data?.versions;
  return (
    <section id="rows" className={styles.panel} aria-labelledby="insight-rows">
      <header>
        <h2 id="insight-rows" ref={heading} tabIndex={-1}>
          {page ? common.versionCount(page.totalCount) : t.versions}
        </h2>
        <div className={styles.tools}>
          <Button
            kind="quiet"
            aria-label={t.closeTheList}
            onClick={() => void navigate({ search: (previous) => ({ ...previous, rows: undefined }) })}
          >
            <X size={14} aria-hidden /> {common.close}
          </Button>
        </div>
        <p>{t.whatTheFigureCountsLatest}</p>
      </header>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !page ? (
        <Waiting bare rows={4} />
      ) : (
        <>
          <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.versionsThatAreCounted}>
            <table className={styles.rows} aria-label={t.versionsThatAreCounted}>
              <thead>
                <tr>
                  {[t.version, t.status, common.report, common.cycle, t.started, t.submitted, t.decided].map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {page.nodes.map((one) => (
                  <tr key={one.versionId}>
                    <th scope="row">
                      <Link to="/v/$versionId" params={{ versionId: one.versionId }}>
                        {entryName(one)}
                      </Link>
                    </th>
                    <td>
                      <State of={one.status} />
                    </td>
                    <td>{one.report.name}</td>
                    <td>{one.cycle.name}</td>
                    <td>
                      {day(one.createdAt)}, {one.createdBy.name}
                    </td>
                    <td>{one.submittedAt ? day(one.submittedAt) : '–'}</td>
                    <td>{one.reviewedAt ? `${day(one.reviewedAt)}, ${one.reviewedBy?.name ?? ''}` : '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {page.pageInfo.hasNextPage && (
            <Button className={styles.more} onClick={() => setAfter(page.pageInfo.endCursor ?? undefined)}>
              {common.next}
            </Button>
          )}
        </>
      )}
    </section>
  );
}
