// Fills the contenders' databases with the same content: a neutral one, and the product's own with everything it stores in addition.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { v5: uuidv5 } = require('uuid');

export const VERSIONS = 10;
export const ITEMS = 60;
/** The drafted phases in their order, each with its tables and how its columns follow from an item of the content. */
const phases = [
  {
    key: 'PLANNING',
    versions: 'planning_phase_versions',
    items: 'attribute_decisions',
    columns: {
      attribute_id: 'attribute_id',
      attribute_data: 'attribute_data',
      decision_type: 'decision_type::"AttributeDecisionType"',
      decision_reason: 'reason',
    },
  },
  {
    key: 'DATA_PROFILING',
    versions: 'data_profiling_versions',
    items: 'profiling_rule_decisions',
    columns: {
      rule_type: 'decision_type',
      rule_definition: 'attribute_data',
      recommendation_reason: 'reason',
      recommended_by: 'recommended_by',
    },
  },
  {
    key: 'SCOPING',
    versions: 'scoping_versions',
    items: 'scoping_decisions',
    columns: {
      attribute_id: 'attribute_id',
      is_in_scope: `decision_type <> 'EXCLUDE'`,
      scoping_rationale: 'reason',
      risk_rating: `attribute_data ->> 'risk'`,
      recommended_by: 'recommended_by',
    },
  },
  {
    key: 'SAMPLE_SELECTION',
    versions: 'sample_selection_versions',
    items: 'sample_decisions',
    columns: {
      sample_identifier: 'attribute_id::text',
      sample_data: 'attribute_data',
      sample_type: 'decision_type',
      modification_reason: 'reason',
      recommended_by: 'recommended_by',
      recommendation_timestamp: 'created_at',
    },
  },
  {
    key: 'OBSERVATION_MANAGEMENT',
    versions: 'observation_versions',
    items: 'observation_decisions',
    columns: {
      observation_type: 'decision_type',
      severity: `upper(attribute_data ->> 'risk')::"ObservationSeverity"`,
      observation_data: 'attribute_data',
      remediation_status: 'reason',
      created_by: 'recommended_by',
      creation_timestamp: 'created_at',
    },
  },
  {
    key: 'FINALIZE_TEST_REPORT',
    versions: 'test_report_versions',
    versionColumns: { report_title: `'Test report'` },
    items: 'test_report_sections',
    columns: {
      section_type: 'decision_type',
      section_title: `attribute_data ->> 'name'`,
      section_content: `concat_ws(E'\\n', reason, attribute_data)`,
      section_order: `split_part(attribute_data ->> 'lineItem', '.', 2)::int`,
    },
  },
];

/** As pg_temp.id has it. */
export const idOf = (text) =>
  createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');

/** The number of workflows at each scale: scale 1 has 334, with 2,004 series, 20,040 versions and 1.2 million items. */
export const workflowsOf = (scale) => Math.max(16, Math.round(334 * scale));

/** A workflow of the content: where it is, and what its versions are called. */
export function workflowAt(number) {
  const workflowId = idOf(`workflow ${number}`);
  return {
    number,
    workflowId,
    cycleId: idOf(`cycle ${Math.floor(number / 10)}`),
    reportId: idOf(`report ${number}`),
    testerId: 1 + (number % 149),
    ownerId: 151 + (number % 50),
    seriesId: (phase) => uuidv5(phase, workflowId),
    versionId: (phase, versionNumber) =>
      idOf(`version ${6 * number + phases.findIndex(({ key }) => key === phase)}.${versionNumber}`),
  };
}

/** Who is assigned to every workflow. */
export const TESTER_OF_ALL = 150;
export const AUDITOR = 201;

const sql = (name) => readFileSync(fileURLToPath(new URL(`${name}.sql`, import.meta.url)), 'utf8');

/** Prepares the content in a session; its items follow later, in batches. */
async function layOut(client, workflows) {
  await client.query('set synchronous_commit = off');
  await client.query(sql('content'));
  const series = Array.from({ length: workflows }, (_, number) => workflowAt(number)).flatMap((workflow) =>
    phases.map(({ key }, place) => ({ ...workflow, phase: key, number: 6 * workflow.number + place })),
  );
  await client.query(
    'insert into pg_temp.series select * from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[])',
    [
      series.map(({ number }) => number),
      series.map(({ seriesId, phase }) => seriesId(phase)),
      ...['workflowId', 'cycleId', 'reportId', 'phase'].map((name) => series.map((one) => one[name])),
    ],
  );
  await client.query(sql('versions'));
}

const SERIES_IN_BATCH = 300;

const batchesOf = (workflows) => VERSIONS * Math.ceil((6 * workflows) / SERIES_IN_BATCH);

/** Calls back for all items, in chronological order: first those of all first versions. */
async function inBatches(client, workflows, step, work) {
  for (let version = 1; version <= VERSIONS; version++)
    for (let from = 0; from < 6 * workflows; from += SERIES_IN_BATCH) {
      await client.query('select pg_temp.make_items($1, $2, $3)', [version, from, from + SERIES_IN_BATCH]);
      await work();
      step();
    }
}

/** Fills an empty database with the neutral tables. */
async function fillNeutral(client, workflows, step) {
  await layOut(client, workflows);
  await client.query(sql('neutral'));
  await client.query('insert into app_user select user_id, name from person');
  await client.query(
    'insert into public.series select series_id, cycle_id, report_id, phase from pg_temp.series order by number',
  );
  await client.query(
    `insert into phase_version select version_id, series_id, phase, version_number, status, created_at, created_by,
       submitted_at, submitted_by, reviewed_at, reviewed_by, parent_id, notes, effective_from, effective_to
     from version order by version_number, series_number`,
  );
  await inBatches(client, workflows, step, () =>
    client.query(
      `insert into decision select decision_id, version_id, attribute_id, attribute_data, decision_type, reason,
         recommended_by, decided_by, case when decided_by is not null then decided_at end from item`,
    ),
  );
  await client.query(sql('neutral-finish'));
}

const logged = (table, id, ordinal, operation) => `
  insert into log.row_change (stream_id, sequence, ordinal, table_name, row_id, version_id, operation, after)
  select e.stream_id, e.sequence, ${ordinal}, '${table}', a.${id}::text, a.version_id, 'INSERT', to_jsonb(a)
  from added a join event e on e.version_id = a.version_id and e.operation = '${operation}'`;

const versionsOf = ({ key, versions, versionColumns = {} }) => `
  with added as (
    insert into ${versions} (${['version_id', 'stream_id', ...Object.keys(versionColumns)].join(', ')})
    select ${['v.version_id', 's.workflow_id', ...Object.values(versionColumns)].join(', ')}
    from version v join series s on s.number = v.series_number where v.phase = '${key}' returning *)
  ${logged(versions, 'version_id', 3, 'createVersion')}`;

const itemsOf = ({ key, items, columns }) => `
  with added as (
    insert into ${items} (item_id, stream_id, version_id, item_key, label, item_hash, ${Object.keys(columns).join(', ')})
    select decision_id, s.workflow_id, version_id, attribute_id, attribute_data ->> 'name',
      encode(sha256(uuid_send(decision_id)), 'hex'), ${Object.values(columns).join(', ')}
    from item i join series s on s.number = i.series_number where i.phase = '${key}' returning *)
  ${logged(items, 'item_id', '3 + row_number() over (partition by a.version_id order by a.item_id)', 'createVersion')}`;

/** The phase whose own items are decisions has none on them. */
const decisionsOnItems = `
  with added as (
    insert into item_decision (decision_id, stream_id, version_id, item_key, item_hash, status, decided_by, decided_at)
    select pg_temp.id('decision on ' || decision_id), s.workflow_id, version_id, attribute_id,
      encode(sha256(uuid_send(decision_id)), 'hex'), 'APPROVED', decided_by, decided_at
    from item i join series s on s.number = i.series_number
    where i.phase <> 'PLANNING' and decided_by is not null returning *)
  ${logged('item_decision', 'decision_id', 'row_number() over (partition by a.version_id order by a.item_key)', 'decideItems')}`;

const TRIGGERS = `
  select t.tgrelid::regclass::text as table, quote_ident(t.tgname) as trigger, t.tgenabled as state
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'log', 'legacy') order by 1, 2`;
const enabling = { O: 'enable', A: 'enable always', R: 'enable replica', D: 'disable' };

/** Runs work with all triggers disabled, both the product's and those of foreign keys, and enables them again as they were. */
async function withoutTriggers(client, work) {
  const { rows: before } = await client.query(TRIGGERS);
  for (const table of new Set(before.map(({ table }) => table)))
    await client.query(`alter table ${table} disable trigger all`);
  await work();
  for (const { table, trigger, state } of before)
    await client.query(`alter table ${table} ${enabling[state]} trigger ${trigger}`);
  const { rows: after } = await client.query(TRIGGERS);
  if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error('The triggers are not as they were.');
}

/** Fills the product's database, which its migrations have made: versions, items and decisions, and how they came about. */
async function fillProduct(client, workflows, step) {
  await layOut(client, workflows);
  await client.query(sql('reference'));
  await withoutTriggers(client, async () => {
    await client.query(sql('backdate'));
    await client.query(sql('product'));
    for (const phase of phases) await client.query(versionsOf(phase));
    await inBatches(client, workflows, step, async () => {
      for (const phase of phases) await client.query(itemsOf(phase));
      await client.query(decisionsOnItems);
    });
  });
}

/** Fills an empty database with the tables of the old system, of one phase. */
async function fillOldSystem(client, workflows, step) {
  await layOut(client, workflows);
  await client.query(sql('old-system'));
  await client.query(`
    insert into users select user_id, split_part(name, ' ', 1), substr(name, strpos(name, ' ') + 1) from person;
    insert into workflow_phases select number, cycle_id, report_id, 'Sample Selection', 'In Progress', '{}'
    from series where phase = 'SAMPLE_SELECTION';
    insert into cycle_report_sample_selection_versions
      (version_id, phase_id, version_number, version_status, parent_version_id, submitted_by_id, submitted_at,
       approval_notes, approved_by_id, approved_at, created_at, updated_at, created_by_id, updated_by_id)
    select version_id, series_number, version_number, lower(status), parent_id, submitted_by, submitted_at, notes,
      reviewed_by, reviewed_at, created_at, coalesce(reviewed_at, created_at), created_by, created_by
    from version where phase = 'SAMPLE_SELECTION' order by version_number, series_number`);
  await inBatches(client, workflows, step, () =>
    client.query(`
      insert into cycle_report_sample_selection_samples
        (sample_id, version_id, phase_id, sample_identifier, sample_data, sample_category, sample_source, tester_decision,
         report_owner_decision, report_owner_decision_notes, report_owner_decision_at, report_owner_decision_by_id,
         risk_score, confidence_score, generation_metadata, created_at, updated_at, created_by_id, updated_by_id)
      select decision_id, version_id, series_number, attribute_id::text, attribute_data, decision_type, 'tester', 'approved',
        case when decided_by is not null then 'approved' end, reason, decided_at, decided_by, 0.5, 0.9,
        '{"source": "database"}', created_at, created_at, recommended_by, recommended_by
      from item where phase = 'SAMPLE_SELECTION'`),
  );
  await client.query(sql('old-system-finish'));
}

const fillers = { neutral: fillNeutral, product: fillProduct, old_system: fillOldSystem };

/**
 * Fills those databases of a fixture that are still empty, in parallel.
 * @returns their addresses, as the superuser
 */
export async function ensureContent({ dist, database, folder }, workflows, names) {
  const { withClient } = dist('../packages/pg-client/index.js');
  const urls = Object.fromEntries(
    names.map((name) => {
      const url = new URL(database.superuserUrl);
      if (name !== 'product') url.pathname = name;
      return [name, url.href];
    }),
  );
  const stamp = path.join(folder, 'content.json');
  const there = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : { workflows, filled: [] };
  if (there.workflows !== workflows)
    throw new Error(`${folder} holds ${there.workflows} workflows, not ${workflows}: choose another folder.`);
  const missing = names.filter((name) => !there.filled.includes(name));
  if (missing.length > 0) {
    const items = (6 * workflows * VERSIONS * ITEMS).toLocaleString('en');
    console.error(`Filling ${missing.join(' and ')} with the content: ${items} items …`);
    const progress = dist('cli/progress.js').progress('Batches', missing.length * batchesOf(workflows));
    for (const name of missing.filter((name) => name !== 'product'))
      await withClient(database.superuserUrl, (client) => client.query(`create database ${name} template template0`));
    await Promise.all(
      missing.map((name) => withClient(urls[name], (client) => fillers[name](client, workflows, progress.step))),
    );
    progress.stop();
    writeFileSync(stamp, JSON.stringify({ workflows, filled: [...there.filled, ...missing] }));
  }
  for (const url of Object.values(urls))
    await withClient(url, async (client) => {
      await client.query('vacuum analyze');
      await client.query('checkpoint');
    });
  return urls;
}

/** The items that a draft is made of, where drafts are written. */
export async function itemsOfDraft({ dist }, neutralUrl) {
  const { rows } = await dist('../packages/pg-client/index.js').withClient(neutralUrl, (client) =>
    client.query(
      `select attribute_id as "attributeId", attribute_data as "attributeData", decision_type as "decisionType", reason
       from decision where version_id = $1 order by attribute_id`,
      [workflowAt(0).versionId('PLANNING', 10)],
    ),
  );
  return rows;
}

/** PostgreSQL's settings for all contenders: for a dedicated machine. */
export const settings = {
  shared_buffers: `${Math.min(2048, Math.floor(os.totalmem() / 2 ** 23))}MB`,
  max_connections: 200,
  work_mem: '16MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  random_page_cost: 1.1,
  effective_cache_size: '8GB',
};
