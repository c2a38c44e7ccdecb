import { getRouteApi, Link } from '@tanstack/react-router';
import { Eye, Lock, Package } from 'lucide-react';
import * as common from '#text/common';
import * as t from '#text/verify';
import { useApi } from '../../api/client';
import { VerifyReferenceDocument, VerifyWorkflowDocument } from '../../generated/graphql';
import { useViewer } from '../../shell/use-viewer';
import { Chain } from './Chain';
import { Coverage } from './Coverage';
import { LogFile } from './LogFile';
import { LogReads } from './LogReads';
import { Panel } from './Panel';
import { TakeAway } from './TakeAway';
import styles from './VerifyPage.module.css';
import { NotThere } from '../../parts/NotThere';

const route = getRouteApi('/verify');
interface Ids {
  cycleId: string;
  reportId: string;
}

/** Whether the logs verify, whether everything is captured, and who read the log. */
export default function VerifyPage() {
  const { cycle, report } = route.useSearch();
  return cycle && report ? <OfWorkflow ids={{ cycleId: cycle, reportId: report }} /> : <OfReference />;
}

function OfWorkflow({ ids }: { ids: Ids }) {
  const { data, error, refetch } = useApi(VerifyWorkflowDocument, ids, { now: true });
  const workflow = data?.workflow;
  if (data && !workflow) return <NotThere what="workflow" />;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        {workflow && (
          <p>
            <Link to="/w/$cycleId/$reportId" params={ids}>
              {workflow.report.name}
            </Link>{' '}
            · {workflow.cycle.name}
          </p>
        )}
        <h1>{common.verification}</h1>
      </header>
      <Chain
        name={t.theLogOfTheWorkflow}
        chain={data?.verifyChangeLog}
        error={error}
        retry={() => void refetch()}
        commit={(sequence) => (
          <Link to="/w/$cycleId/$reportId/log" params={ids} search={{ commit: sequence }}>
            {sequence}
          </Link>
        )}
      />
      <TakeAwayIfKnown ids={ids} />
      <LogFile />
      <Coverage />
      <Reads ids={ids} />
      <p className={styles.more}>
        <Link to="/verify">{t.theLogOfTheReference}</Link>
        <Link to="/w/$cycleId/$reportId/log" params={ids}>
          {t.allCommitsOfTheWorkflow}
        </Link>
      </p>
    </div>
  );
}

function OfReference() {
  const mayAudit = useMayAudit();
  const { data, error, refetch } = useApi(VerifyReferenceDocument, {}, { now: true, enabled: mayAudit === true });
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <p>{t.peopleCyclesReportsAssignmentsWhat}</p>
        <h1>{common.verification}</h1>
      </header>
      {mayAudit === false ? (
        <Closed title={t.theLogOfTheReference} />
      ) : (
        <Chain
          name={t.theLogOfTheReference}
          chain={data?.verifyReferenceLog}
          error={error}
          retry={() => void refetch()}
        />
      )}
      <LogFile />
      <Coverage />
      <Reads ids={null} />
      <p className={styles.more}>
        <Link to="/workflows">{t.eachWorkflowHasALog}</Link>
      </p>
    </div>
  );
}

function TakeAwayIfKnown({ ids }: { ids: Ids }) {
  const mayAudit = useMayAudit();
  if (mayAudit === undefined) return <Panel icon={Package} title={t.toTakeAway} half rows={4} />;
  return <TakeAway ids={ids} mayAudit={mayAudit} />;
}

function Reads({ ids }: { ids: Ids | null }) {
  const mayAudit = useMayAudit();
  if (mayAudit === undefined) return <Panel icon={Eye} title={t.whoReadTheLog} />;
  return mayAudit ? <LogReads ids={ids} /> : <Closed title={t.whoReadTheLog} />;
}

const Closed = ({ title }: { title: string }) => (
  <Panel icon={Lock} title={title}>
    <p>{t.itIsOpenToAdministrators}</p>
  </Panel>
);

/** Whether the viewer can see all logs; undefined until the viewer is known. */
function useMayAudit(): boolean | undefined {
  const viewer = useViewer();
  return viewer?.roles.some((role) => role === 'ADMIN' || role === 'AUDITOR');
}
