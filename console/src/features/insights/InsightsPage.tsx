import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/insights';
import { instant } from '#text/time';
import { useApi } from '../../api/client';
import { CyclesAndLobsDocument, InsightsDocument, type InsightsQuery } from '../../generated/graphql';
import { Choice } from '../../parts/Choice';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { Views } from '../../parts/views/Views';
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
        <h1>{common.insights}</h1>
        <Choices insight={insight} choose={choose} />
        <Views page="insights" given={givenViews(insight)} search={insight} />
      </header>
      {!data?.all ? (
        <Waiting rows={9} />
      ) : data.all.groups[0]?.versions === 0 ? (
        <Notice title={t.nothingIsCountedHere}>{t.thisSelectionContainsNoVersion}</Notice>
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
        label={common.cycle}
        value={insight.cycle}
        all={t.allCycles}
        options={data?.cycles?.nodes.map(({ cycleId, name }) => [cycleId, name]) ?? []}
        onChange={(cycle) => choose({ cycle })}
      />
      <Choice
        label={common.lineOfBusiness}
        value={insight.lob}
        all={common.allLinesOfBusiness}
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
        <Tile name={t.waiting} note={t.medianDuration(duration(group.waitingTime.median))}>
          <Down to={{ figure: 'WAITING' }} count={group.waiting} of={t.whatWaits} />
        </Tile>
        <Tile name={t.decisionsAWeek} note={t.ofTheLastFourWeeks}>
          <Down
            to={{ figure: 'DECIDED', reviewedSince: horizon.lately }}
            count={group.decidedLately}
            of={t.lateDecisions}
          >
            {decimal(group.decisionsPerWeek)}
          </Down>
        </Tile>
        <Tile name={t.timeToDecision} note={t.p90Of(duration(group.submissionToDecision.p90))}>
          <Down to={{ figure: 'DECIDED' }} count={group.decided} of={t.decisionsWord}>
            {duration(group.submissionToDecision.median)}
          </Down>
        </Tile>
        <Tile name={t.rejected} note={t.rejectedOfDecided(group.rejected, group.decided)}>
          <Down to={{ figure: 'REJECTED' }} count={group.rejected} of={t.rejectionsWord}>
            {percent(group.rejectionRate)}
          </Down>
        </Tile>
        <Tile name={t.firstTimeRight} note={t.firstTimeRightOfApproved(group.firstTimeRight, group.approved)}>
          <Down to={{ figure: 'FIRST_TIME_RIGHT' }} count={group.firstTimeRight} of={t.whatWasRightAtOnceWord}>
            {percent(group.firstTimeRightRate)}
          </Down>
        </Tile>
        <Tile name={t.signaturesOutdated} note={t.selfAttested(group.selfAttested)}>
          <Down
            to={{ figure: 'SIGNATURES_OUTDATED' }}
            count={group.signaturesOutdated}
            of={t.versionsWithAnOutdatedSignature}
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
        {t.countedAtFromCommitOf(instant(horizon.at), horizon.commits, horizon.workflows)}
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
