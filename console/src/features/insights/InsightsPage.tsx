import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useApi } from '../../api/client';
import { CyclesAndLobsDocument, InsightsDocument, type InsightsQuery } from '../../generated/graphql';
import { Choice } from '../../parts/Choice';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { Views } from '../../parts/views/Views';
import { instant } from '#text/time';
import { count } from '#text/words';
import { Down } from './Down';
import { HeatMap } from './HeatMap';
import styles from './InsightsPage.module.css';
import { decimal, duration, percent } from './numbers';
import { WhoWaits } from './People';
import { Ageing, Quality, TimeToDecision } from './PhaseCharts';
import { Rows } from './Rows';
import { allCharts, filterOf, givenViews, views, wholeRows, type Insight } from './selection';
import { Trend } from './Trend';

const route = getRouteApi('/insights');

/** Figures from the log for a cycle, a line of business, or everything the viewer can see. */
export default function InsightsPage() {
  const insight = route.useSearch();
  const navigate = useNavigate({ from: '/insights' });
  const filter = filterOf(insight);
  const { data, error, refetch, isPlaceholderData } = useApi(
    InsightsDocument,
    { filter, waiting: { ...filter, figure: 'WAITING' } },
    { keep: true },
  );
  const choose = (chosen: Insight) =>
    void navigate({ search: (previous) => ({ ...previous, ...chosen, rows: undefined }), resetScroll: false });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  return (
    <div className={styles.page} aria-busy={isPlaceholderData}>
      <header className={styles.head}>
        <h1>Insights</h1>
        <Choices insight={insight} choose={choose} />
        <Views page="insights" given={givenViews(insight)} search={insight} />
      </header>
      {!data?.all ? (
        <Waiting rows={9} />
      ) : data.all.groups[0]?.versions === 0 ? (
        <Notice title="Nothing is counted here">This selection contains no version that you may see.</Notice>
      ) : (
        <Figures data={data} insight={insight} choose={choose} />
      )}
    </div>
  );
}

function Choices({ insight, choose }: { insight: Insight; choose: (chosen: Insight) => void }) {
  const { data } = useApi(CyclesAndLobsDocument, {});
  return (
    <div className={styles.choices}>
      <Choice
        label="Cycle"
        value={insight.cycle}
        all="All cycles"
        options={data?.cycles?.nodes.map(({ cycleId, name }) => [cycleId, name]) ?? []}
        onChange={(cycle) => choose({ cycle })}
      />
      <Choice
        label="Line of business"
        value={insight.lob}
        all="All lines of business"
        options={data?.lobs?.nodes.map(({ lobId, name }) => [lobId, name]) ?? []}
        onChange={(lob) => choose({ lob })}
      />
    </div>
  );
}

interface FiguresProps {
  data: InsightsQuery;
  insight: Insight;
  choose: (chosen: Insight) => void;
}

function Figures({ data, insight, choose }: FiguresProps) {
  const { view, rows } = insight;
  const group = data.all!.groups[0]!;
  const { horizon } = data.all!;
  const byPhase = data.byPhase?.groups ?? [];
  const charts: Record<string, ReactNode> = {
    heat: (
      <HeatMap
        groups={data.byReport?.groups ?? []}
        measure={insight.measure ?? (view ? views[view].measure : 'waiting')}
        onMeasure={(measure) => choose({ measure })}
      />
    ),
    ageing: <Ageing group={group} />,
    time: <TimeToDecision groups={byPhase} />,
    quality: <Quality groups={byPhase} />,
    people: data.byWaiter && <WhoWaits groups={data.byWaiter.groups} />,
    trend: <Trend groups={data.byCycle?.groups ?? []} />,
  };
  const chosen = view ? views[view].charts : allCharts;
  const whole = wholeRows(chosen);
  return (
    <>
      <dl className={styles.tiles}>
        <Tile name="Waiting" note={`median ${duration(group.waitingTime.median)}`}>
          <Down to={{ figure: 'WAITING' }} count={group.waiting} of="what waits" />
        </Tile>
        <Tile name="Decisions a week" note="of the last four weeks">
          <Down
            to={{ figure: 'DECIDED', reviewedSince: horizon.lately }}
            count={group.decidedLately}
            of="late decisions"
          >
            {decimal(group.decisionsPerWeek)}
          </Down>
        </Tile>
        <Tile name="Time to decision" note={`p90 ${duration(group.submissionToDecision.p90)}`}>
          <Down to={{ figure: 'DECIDED' }} count={group.decided} of="decisions">
            {duration(group.submissionToDecision.median)}
          </Down>
        </Tile>
        <Tile name="Rejected" note={`${group.rejected} of ${count(group.decided, 'decision')}`}>
          <Down to={{ figure: 'REJECTED' }} count={group.rejected} of="rejections">
            {percent(group.rejectionRate)}
          </Down>
        </Tile>
        <Tile name="First time right" note={`${group.firstTimeRight} of ${count(group.approved, 'approval')}`}>
          <Down to={{ figure: 'FIRST_TIME_RIGHT' }} count={group.firstTimeRight} of="what was right at once">
            {percent(group.firstTimeRightRate)}
          </Down>
        </Tile>
        <Tile name="Signatures outdated" note={`${group.selfAttested} self-attested`}>
          <Down
            to={{ figure: 'SIGNATURES_OUTDATED' }}
            count={group.signaturesOutdated}
            of="versions with an outdated signature"
          />
        </Tile>
      </dl>
      {rows && <Rows key={JSON.stringify(rows)} filter={{ ...filterOf(insight), ...rows }} />}
      <div className={styles.grid}>
        {chosen.map((chart) => (
          <div key={chart} data-wide={whole.has(chart) || undefined}>
            {charts[chart]}
          </div>
        ))}
      </div>
      <p className={styles.horizon}>
        Counted at {instant(horizon.at)} from {count(horizon.commits, 'commit')} of{' '}
        {count(horizon.workflows, 'workflow')} that you may see.
      </p>
    </>
  );
}

const Tile = ({ name, note, children }: { name: string; note: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      <b>{children}</b>
      <small>{note}</small>
    </dd>
  </div>
);
