import { getRouteApi, Link } from '@tanstack/react-router';
import * as common from '#text/common';
import * as t from '#text/phase';
import { age } from '#text/time';
import { capital, count, nouns, phaseNames, progressWord, recordNames } from '#text/words';
import { usePages, type PartOfList } from '../../api/use-pages';
import { PhaseDocument, type Phase, type PhaseQuery } from '../../generated/graphql';
import { Age, Person } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import { Value } from '../../parts/Fields';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import { isNumber, isShort, shown, valueOf } from '../../parts/value';
import { Total } from '../../parts/Total';
import { useAt } from '../../shell/use-at';
import styles from './PhasePage.module.css';
import { Commands } from '../records/Commands';
import { History } from './History';
import { JustDecided } from './JustDecided';
import { Owners } from './Owners';
import { StartDraft } from './StartDraft';

const route = getRouteApi('/w/$cycleId/$reportId/$phase');
type Loaded = NonNullable<PhaseQuery['workflow']>;

/** One phase of a workflow: the version in force, the drafts, and the history. */
export default function PhasePage() {
  const params = route.useParams();
  const { at } = useAt();
  const isPhase = params.phase in phaseNames;
  const ids = { ...params, phase: params.phase as Phase };
  const isRecorded = params.phase in recordNames;
  // Its versions, or its records.
  const { data, list, error, refetch } = usePages(
    PhaseDocument,
    { ...ids, isRecorded },
    (read) => read.workflow?.workflowPhase.records ?? read.workflow?.workflowPhase.history,
    { enabled: isPhase },
  );
  if (!isPhase)
    return (
      <Notice page title={t.thereIsNoSuchPhase}>
        {common.theAddressMayBeIncomplete}
      </Notice>
    );
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={6} />;
  if (!data.workflow) return <NotThere what="workflow" />;
  const { report, workflowPhase: phase } = data.workflow;
  const noun = recordNames[phase.phase] ?? nouns.version;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <p>
            <Link to="/w/$cycleId/$reportId" activeOptions={{ exact: true }} params={params}>
              {report.name}
            </Link>
          </p>
          <div className={styles.name}>
            <h1>{phase.config.title}</h1>
            <State of={phase.progress} word={progressWord(phase.phase, phase.progress)} />
          </div>
          {phase.blockedBy.length > 0 && <p>{t.afterBlockedBy(phase.blockedBy.map((one) => phaseNames[one]))}</p>}
        </div>
        {!at && !isRecorded && phase.canCreate && (
          <StartDraft ids={ids} title={phase.config.title} from={phase.current} />
        )}
        {!at && isRecorded && phase.canCreate && (
          <Commands
            of={phase.config.commands.filter(({ action }) => action === null)}
            target={{ cycleId: params.cycleId, reportId: params.reportId }}
            records={list.nodes}
          />
        )}
      </header>
      {!at && <JustDecided />}
      {!at && !phase.canCreate && phase.cannotCreateReason && (
        <p className={styles.why}>
          {isRecorded ? t.nothingCanBeRecordedHere : t.noDraftCanBeStarted}: {phase.cannotCreateReason}
        </p>
      )}
      {isRecorded ? <Records of={phase} list={list as PartOfList<RecordRow>} /> : <History rows={list.nodes} />}
      <Total of={list} noun={noun} />
    </div>
  );
}

type RecordRow = NonNullable<Loaded['workflowPhase']['records']>['nodes'][number];
interface RecordsProps {
  of: Loaded['workflowPhase'];
  list: PartOfList<RecordRow>;
}
function Records({ of: { phase, config }, list: records }: RecordsProps) {
  const [one, many] = recordNames[phase] ?? nouns.record;
  if (records.nodes.length === 0) return <Notice title={t.noYet(many)}>{t.eachChangeIsStoredAs}</Notice>;
  const isAnswered = records.nodes.some((row) => 'requestedAt' in row);
  // The fields that distinguish records, as many as fit; an object often holds the name of a thing, so it is shown as far as there is room.
  const fields = config.fields
    .filter(({ isContent, kind }) => isContent && (isShort(kind) || kind === 'JSON'))
    .slice(0, isAnswered ? 5 : 6);
  const owners = records.nodes.flatMap((row) => ('dataOwner' in row ? [row] : []));
  return (
    <>
      {owners.length > 0 && <Owners of={owners} />}
      <section aria-label={count(records.totalCount, one, many)} className={styles.scroll} tabIndex={0}>
        <table aria-label={capital(many)}>
          <thead>
            <tr>
              <th scope="col">{t.latest}</th>
              {fields.map(({ name, title, kind }) => (
                <th key={name} scope="col" className={isNumber(kind) ? styles.end : undefined}>
                  {title}
                </th>
              ))}
              {isAnswered && <th scope="col">{t.turnaround}</th>}
              <th scope="col">{t.by}</th>
              <th scope="col" className={styles.end}>
                {common.since}
              </th>
            </tr>
          </thead>
          <tbody>
            {records.nodes.map((row) => (
              <tr key={row.versionId}>
                <th scope="row">
                  <Link to="/v/$versionId" params={{ versionId: row.versionId }}>
                    {common.version(row.versionNumber)}
                  </Link>
                </th>
                {fields.map((field) => {
                  const value = valueOf(row.content, field, row);
                  return field.kind === 'JSON' ? (
                    <td key={field.name} className={styles.object} title={shown(value, field)}>
                      {shown(value, field)}
                    </td>
                  ) : (
                    <td key={field.name} className={isNumber(field.kind) ? styles.end : undefined}>
                      <Value of={value} field={field} />
                    </td>
                  );
                })}
                {'requestedAt' in row && (
                  <td>
                    {row.respondedAt
                      ? age(row.requestedAt, Date.parse(row.respondedAt))
                      : t.openAge(<Age of={row.requestedAt} />)}
                  </td>
                )}
                <td>
                  <Person name={row.createdBy.name} />
                </td>
                <td className={styles.end}>
                  <Age of={row.createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
