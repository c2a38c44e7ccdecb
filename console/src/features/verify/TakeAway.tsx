import { useMutation } from '@tanstack/react-query';
import { Package } from 'lucide-react';
import { useEffect, useState } from 'react';
import * as t from '#text/verify';
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
    <Panel icon={Package} title={t.toTakeAway} half>
      {mayAudit && <Packs ids={ids} take={(path) => take.mutate([path, 'pack.zip'])} />}
      <p className={styles.pages}>
        {mayAudit && (
          <Button onClick={() => take.mutate(log)} aria-disabled={take.isPending}>
            {t.theLogAsAFile}
          </Button>
        )}
        <Button onClick={() => take.mutate(paper)} aria-disabled={take.isPending}>
          {t.theWorkpaperAsPdf}
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
      <p>{t.thePackHasThePapers}</p>
      {packs.length > 0 && (
        <ul className={styles.packs} aria-label={t.packs}>
          {packs.map((pack) => (
            <li key={pack.packId}>
              <span>
                {t.asOf(<Instant of={pack.asOf} />)}
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
          {packs.length > 0 ? t.makeAnotherPack : t.makeTheAuditorsPack}
        </Button>
        {underWay && <span>{t.oneIsBeingMadeYou}</span>}
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
        {status === 'WAITING' ? t.waitsForItsTurn : t.ofStepsAreDone(stepsDone, steps)}
      </span>
    );
  if (status === 'READY' && path)
    return (
      <span className={styles.ready}>
        <Button onClick={() => take(path)}>
          {t.download}
          {bytes !== null && <> {t.megabytes((bytes / 1_000_000).toFixed(1))}</>}
          <span className="hidden">{t.ofThePack}</span>
        </Button>
        {sha256 && <Hash value={sha256} />}
        {keptUntil && <small>{t.keptUntil(<Instant of={keptUntil} />)}</small>}
      </span>
    );
  return <span>{status === 'EXPIRED' ? t.notKeptAnyMore : t.notMade(failure)}</span>;
}
