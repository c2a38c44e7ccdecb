import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import * as t from '#text/merge';
import { send, useApi } from '../../api/client';
import { RebaseDocument, StaleDraftDocument, type RebaseMutation } from '../../generated/graphql';
import { buttonLook } from '../../parts/atoms';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import { VersionTitle } from '../version/VersionTitle';
import { MergeDesk } from './MergeDesk';
import styles from './MergePage.module.css';
import type { Draft, StaleDraft } from './stale-draft';

const route = getRouteApi('/v/$versionId/merge');

export const reads = StaleDraftDocument;

/** Rebases a draft onto the version in force: shows what merges by itself and what has to be decided. */
export default function MergePage() {
  const { versionId } = route.useParams();
  const { data, error, refetch } = useApi(StaleDraftDocument, { versionId });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={12} />;
  const draft = data.phaseVersion;
  if (!draft) return <NotThere what="version" />;
  return (
    <div className={styles.page}>
      <VersionTitle version={draft} page={t.rebase} doing="EDITING">
        <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId }} className={buttonLook()}>
          {t.backToTheVersion}
        </Link>
      </VersionTitle>
      {isStale(draft) ? <Tried draft={draft} /> : <NothingToMerge draft={draft} />}
    </div>
  );
}

const isStale = (draft: Draft): draft is StaleDraft =>
  draft.current !== null && draft.availableActions.includes('REBASE');

/** Asks the API for a dry run of the rebase. */
function Tried({ draft }: { draft: StaleDraft }) {
  const { versionId, revision, current } = draft;
  const { data, error, refetch } = useQuery({
    queryKey: [String(RebaseDocument), versionId, revision, current.versionId],
    queryFn: async ({ signal }) => {
      const input = { versionId, expectedRevision: revision, dryRun: true };
      const { rebaseVersion } = await send<RebaseMutation>(String(RebaseDocument), { input }, signal);
      return rebaseVersion!;
    },
  });
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting bare rows={8} />;
  return <MergeDesk draft={draft} conflicts={data.conflicts} incoming={data.incoming} />;
}

function NothingToMerge({ draft: { status, versionNumber, approvalRequirements } }: { draft: Draft }) {
  const rule = approvalRequirements.find(({ code }) => code === 'BASE_IS_CURRENT');
  if (rule?.status !== 'UNSATISFIED')
    return (
      <Notice bare title={t.thereIsNothingToMerge(versionNumber)}>
        {rule?.explanation ?? t.itIsNotADraft}
      </Notice>
    );
  return (
    <Notice bare title={status === 'DRAFT' ? t.onlyPeopleWhoPrepareThis : t.onlyADraftCanBe}>
      {rule.explanation} {status === 'PENDING_APPROVAL' && t.itWasSubmittedWithdrawIt}
    </Notice>
  );
}
