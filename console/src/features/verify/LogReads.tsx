import { Eye } from 'lucide-react';
import { useState } from 'react';
import * as t from '#text/verify';
import { titleOfOrigin } from '../../../../src/versioning/titles';
import { useApi } from '../../api/client';
import { LogReadsDocument } from '../../generated/graphql';
import { Button, Instant, Person } from '../../parts/atoms';
import { Waiting } from '../../parts/Notices';
import { Panel } from './Panel';
import styles from './VerifyPage.module.css';

/** Who read the log, newest first: that of a workflow, or without an id that of the reference data. */
export function LogReads({ ids }: { ids: { cycleId: string; reportId: string } | null }) {
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, refetch } = useApi(LogReadsDocument, { ...ids, after }, { now: true, keep: true });
  const reads = data?.changeLogReads;
  return (
    <Panel icon={Eye} title={t.whoReadTheLog} error={data ? null : error} retry={() => void refetch()}>
      {!reads && <Waiting bare rows={1} />}
      {reads?.nodes.length === 0 && <p>{t.nobodyYet}</p>}
      {reads && reads.nodes.length > 0 && (
        <table aria-label={t.whoReadTheLog}>
          <thead>
            <tr>
              <th scope="col">{t.who}</th>
              <th scope="col">{t.when}</th>
            </tr>
          </thead>
          <tbody>
            {reads.nodes.map(({ id, reader, readAt, field, origin }) => (
              <tr key={id}>
                <td>{reader ? <Person name={reader.name} /> : titleOfOrigin(origin)}</td>
                <td>
                  <Instant of={readAt} />
                  <small>{t.throughField(field)}</small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className={styles.pages}>
        {after !== null && <Button onClick={() => setAfter(null)}>{t.newest}</Button>}
        {reads?.pageInfo.hasNextPage && (
          <Button onClick={() => setAfter(reads.pageInfo.endCursor)}>{t.olderOnes}</Button>
        )}
      </p>
    </Panel>
  );
}
