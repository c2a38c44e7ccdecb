import { useMutation } from '@tanstack/react-query';
import { Package } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useApi } from '../../api/client';
import { useCommand } from '../../api/command';
import { download } from '../../api/download';
import { PacksDocument, RequestPackDocument, type PacksQuery } from '../../generated/graphql';
import { Button, Hash, Instant, Meter, Person } from '../../parts/atoms';
import { Failure } from '../../parts/Notices';
import { Outcome } from '../../parts/Outcome';
import { Panel } from './Panel';
import styles from './VerifyPage.module.css';

interface Ids {
  cycleId: string;
  reportId: string;
}
type Pack = NonNullable<PacksQuery['packs']>[number];
const AGAIN_MS = 2_000;
const isUnderWay = ({ status }: Pack): boolean => status === 'WAITING' || status === 'MAKING';

/** What an auditor can take away from a workflow: the pack, made in the background, the log, and the workpapers. */
export function TakeAway({ ids, mayAudit }: { ids: Ids; mayAudit: boolean }) {
  const folder = `/files/workflows/${ids.cycleId}/${ids.reportId}`;
  const take = useMutation({ mutationFn: ([path, name]: readonly [string, string]) => download(path, name) });
  const paper = [`${folder}/workpaper.pdf`, 'workpaper.pdf'] as const;
  const log = [`${folder}/log.jsonl`, 'log.jsonl'] as const;
  return (
    <Panel icon={Package} title="To take away" half>
      {mayAudit && <Packs ids={ids} take={(path) => take.mutate([path, 'pack.zip'])} />}
      <p className={styles.pages}>
        {mayAudit && (
          <Button onClick={() => take.mutate(log)} aria-disabled={take.isPending}>
            The log as a file
          </Button>
        )}
        <Button onClick={() => take.mutate(paper)} aria-disabled={take.isPending}>
          The workpaper as PDF
        </Button>
      </p>
      <Outcome of={take} isRead />
    </Panel>
  );
}

function Packs({ ids, take }: { ids: Ids; take: (path: string) => void }) {
  const [isBusy, setBusy] = useState(false);
  const { data, error, refetch } = useApi(PacksDocument, ids, { now: true, ...(isBusy && { every: AGAIN_MS }) });
  const request = useCommand(RequestPackDocument, { whenRead: true });
  const packs = data?.packs ?? [];
  const underWay = packs.some(isUnderWay);
  useEffect(() => setBusy(underWay), [underWay]);
  return (
    <>
      <p>
        The pack has the papers of each phase, the items as workbooks, the data they were made from, the log, and a
        program that verifies all of it without this server. The request is recorded in the log, and so is each
        download.
      </p>
      {packs.length > 0 && (
        <ul className={styles.packs} aria-label="Packs">
          {packs.map((pack) => (
            <li key={pack.packId}>
              <span>
                As of <Instant of={pack.asOf} />
                {pack.requestedBy && (
                  <small>
                    <Person name={pack.requestedBy.name} />
                  </small>
                )}
              </span>
              <PackState of={pack} take={take} />
            </li>
          ))}
        </ul>
      )}
      <p className={styles.pages}>
        <Button
          kind="main"
          aria-disabled={request.isPending || underWay}
          onClick={() => !underWay && request.mutate({ input: ids })}
        >
          {packs.length > 0 ? 'Make another pack' : 'Make the auditor’s pack'}
        </Button>
        {underWay && <span>One is being made; you can leave this page in the meantime.</span>}
      </p>
      <Outcome of={request} />
      {!data && error && <Failure error={error} retry={() => void refetch()} />}
    </>
  );
}

function PackState({ of, take }: { of: Pack; take: (path: string) => void }) {
  const { status, steps, stepsDone, path, bytes, sha256, keptUntil, failure } = of;
  if (isUnderWay(of))
    return (
      <span role="status" className={styles.making}>
        <Meter done={stepsDone} total={steps} />
        {status === 'WAITING' ? 'Waits for its turn' : `${stepsDone} of ${steps} steps are done`}
      </span>
    );
  if (status === 'READY' && path)
    return (
      <span className={styles.ready}>
        <Button onClick={() => take(path)}>
          Download{bytes !== null && <> {(bytes / 1_000_000).toFixed(1)}&nbsp;MB</>}
          <span className="hidden"> of the pack</span>
        </Button>
        {sha256 && <Hash value={sha256} />}
        {keptUntil && (
          <small>
            kept until <Instant of={keptUntil} />
          </small>
        )}
      </span>
    );
  return <span>{status === 'EXPIRED' ? 'Not kept any more' : `Not made: ${failure ?? 'no reason was given.'}`}</span>;
}
