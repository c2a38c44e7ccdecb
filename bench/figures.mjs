// Measures figures over everything while versions grow from 100 to 100,000, in up to 1,000 workflows: in total, by report and phase, and
// with carry-forward; as of an instant, where nothing has been committed since, and where something has in every workflow; the first time
// and afterwards.
import { creditCards, median, serving, table, timed, withDatabase } from './fixture.mjs';

const SIZES = process.argv.includes('--quick') ? [100, 1_000, 10_000] : [100, 1_000, 10_000, 100_000];
const PER_WORKFLOW = 100;
const ROUNDS = 5;
const auditor = 8;

/** Plausible versions, written past all rules and without a log, which figures read for records only. */
const fill = (versions) => `
  insert into reports (report_id, name, number) select gen_random_uuid(), 'Report ' || n, 'B-' || ${versions} || '-' || n
    from generate_series(1, ${Math.ceil(versions / PER_WORKFLOW)}) n;
  insert into workflows (workflow_id, cycle_id, report_id) select gen_random_uuid(), '${creditCards.cycleId}', r.report_id
    from reports r where r.number like 'B-' || ${versions} || '-%';
  alter table phase_version disable trigger all;
  insert into phase_version (version_id, stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, version_number, status,
      parent_version_id, created_at, created_by, submitted_at, submitted_by, reviewed_at, reviewed_by, approval_required, content_hash,
      effective_from, effective_to)
    select gen_random_uuid(), w.workflow_id, md5(w.workflow_id::text || p.phase)::uuid, w.cycle_id, w.report_id, p.phase::"Phase", 'FULL', n,
      (case when n = 25 then 'PENDING_APPROVAL' when n % 3 = 0 then 'REJECTED' else 'SUPERSEDED' end)::"VersionStatus", null,
      now() - interval '1 day' * (30 - n), 1, now() - interval '1 day' * (29.5 - n), 1,
      case when n < 25 then now() - interval '1 day' * (29 - n) end, case when n < 25 then 3 end, true, '',
      case when n < 25 and n % 3 <> 0 then now() - interval '1 day' * (29 - n) end,
      case when n < 25 and n % 3 <> 0 then now() - interval '1 day' * (28 - n) end
    from workflows w join reports r using (report_id) cross join unnest(array['PLANNING', 'DATA_PROFILING', 'SCOPING', 'SAMPLE_SELECTION']) p(phase)
      cross join generate_series(1, ${PER_WORKFLOW / 4}) n
    where r.number like 'B-' || ${versions} || '-%';
  alter table phase_version enable trigger all;
  analyze phase_version; analyze workflows`;

const counts =
  'versions approved rejected waiting firstTimeRight revised reassigned selfAttested signaturesOutdated answered submissionToDecision { median p90 } ages { waiting }';
const DAY = 86_400_000;
const yesterday = new Date(Date.now() - DAY).toISOString();
const lastMonth = `since: "${new Date(Date.now() - 30 * DAY).toISOString()}", until: "${new Date().toISOString()}"`;
const asOf = (since) => ({
  [`as of yesterday${since}`]: `{ figures(asOf: "${yesterday}") { horizon { commits } groups { ${counts} } } }`,
  [`as of yesterday${since}, by report and phase`]: `{ figures(asOf: "${yesterday}", by: [REPORT, PHASE]) { groups { ${counts} } } }`,
});
/** Figures check each row of a workflow that has commits since the instant. */
const move = (by) => `
  alter table log.stream disable trigger all;
  update log.stream set sequence = sequence + ${by} where stream_id in (select workflow_id from workflows);
  alter table log.stream enable trigger all`;
const whenMoved = asOf(', all moved since');
const asked = {
  'one group': `{ figures { horizon { commits } groups { ${counts} } } }`,
  'by report and phase': `{ figures(by: [REPORT, PHASE]) { groups { ${counts} } } }`,
  'by phase, and what was carried': `{ figures(by: [PHASE]) { groups { ${counts} carryForwardRate } } }`,
  ...asOf(''),
  timeline: `{ metricsTimeline(interval: DAY, ${lastMonth}) { versionsCreated approvals rejections averageApprovalHours } }`,
  bottlenecks: '{ bottlenecks { phase waitingVersions oldestWaitingHours averageApprovalHours } }',
  activity: `{ actorActivity(${lastMonth}) { user { userId } versionsCreated submissions approvals rejections } }`,
  'of each phase':
    '{ workflows(first: 100) { nodes { phases { metrics { versionCount rejectionRate p90ApprovalHours } } } } }',
};

const names = [...Object.keys(asked), ...Object.keys(whenMoved)];

await withDatabase(async (fixture) => {
  const { withClient } = fixture.dist('../packages/pg-client/index.js');
  const prepare = (db) => fixture.dist('demo/load.js').loadDemo(db, fixture.database.ownerUrl);
  await serving(fixture, measure, { prepare });

  async function measure({ ask }) {
    const rows = [];
    let there = 0;
    for (const size of SIZES) {
      const change = (sql) => withClient(fixture.database.superuserUrl, (client) => client.query(sql));
      const timesOf = async (query) => {
        const times = [];
        for (let round = 0; round <= ROUNDS; round++) times.push((await timed(() => ask(auditor, query))).ms);
        return `${Math.round(times[0])} / ${Math.round(median(times.slice(1)))}`;
      };
      await change(fill(size - there));
      there = size;
      const row = [size];
      for (const query of Object.values(asked)) row.push(await timesOf(query));
      await change(move(1));
      for (const query of Object.values(whenMoved)) row.push(await timesOf(query));
      await change(move(-1));
      rows.push(row);
    }
    console.log(`Milliseconds, the first time and the median of ${ROUNDS} more:\n`);
    table(['versions', ...names], rows);
  }
});
