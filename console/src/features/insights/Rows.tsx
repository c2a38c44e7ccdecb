import { Link, useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useApi } from '../../api/client';
import { InsightsRowsDocument, type PhaseVersionFilter } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import { Failure, Waiting } from '../../parts/Notices';
import { day } from '#text/time';
import { count, entryName } from '#text/words';
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
          {page ? count(page.totalCount, 'version') : 'Versions'}
        </h2>
        <div className={styles.tools}>
          <Button
            kind="quiet"
            aria-label="Close the list"
            onClick={() => void navigate({ search: (previous) => ({ ...previous, rows: undefined }) })}
          >
            <X size={14} aria-hidden /> Close
          </Button>
        </div>
        <p>What the figure counts, latest start first.</p>
      </header>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !page ? (
        <Waiting bare rows={4} />
      ) : (
        <>
          <div className={styles.scroll} tabIndex={0} role="region" aria-label="Versions that are counted">
            <table className={styles.rows} aria-label="Versions that are counted">
              <thead>
                <tr>
                  {['Version', 'Status', 'Report', 'Cycle', 'Started', 'Submitted', 'Decided'].map((name) => (
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
              Next
            </Button>
          )}
        </>
      )}
    </section>
  );
}
