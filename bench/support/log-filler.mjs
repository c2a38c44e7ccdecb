// A log of many workflows, as a bank has them, filled by SQL through the triggers that capture and seal every write, so that its chains are
// real ones; beyond a size, by copies of whole streams.
import { randomUUID } from 'node:crypto';
import { creditCards } from '../fixture.mjs';

/** Items of a version. */
const ITEMS = 250;
const TESTER = 1;
/** Workflows besides the demo's, which hold most of the log, as in a bank; the measured workflow keeps its size. */
export const WORKFLOWS = 20;
const uuid = (n) => `0194d2a0-5c00-7000-8000-dddd${String(n).padStart(8, '0')}`;
/** The n-th of these workflows. */
export const streamOf = uuid;
export const place = (n) => ({ cycleId: creditCards.cycleId, reportId: uuid(n) });

/** Makes the workflows. */
export const bank = `
insert into reports (report_id, name, number) select ('0194d2a0-5c00-7000-8000-dddd' || lpad(n::text, 8, '0'))::uuid, 'Report ' || n, 'G-' || n from generate_series(0, ${WORKFLOWS - 1}) n;
insert into workflows (workflow_id, cycle_id, report_id) select report_id, '${creditCards.cycleId}', report_id from reports where number like 'G-%';
insert into workflow_testers (workflow_id, user_id) select workflow_id, ${TESTER} from workflows w join reports r using (report_id) where r.number like 'G-%'`;

/** An operation that makes a version of the n-th workflow. */
export const create = (n, items) => [
  'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } } }',
  {
    input: {
      ...place(n),
      phase: 'PLANNING',
      carryForward: 'NONE',
      items: {
        attributeDecisions: Array.from({ length: items }, (_, i) => ({
          attributeId: randomUUID(),
          attributeData: { name: `Attribute ${i}`, balance: i * 1.25, text: 'x'.repeat(150) },
        })),
      },
    },
  },
];

/** Another version of a workflow, with as many items as the first; one commit. */
const another = `
with made as (
  insert into phase_version select (jsonb_populate_record(v, jsonb_build_object('version_id', gen_random_uuid(), 'version_number',
      (select max(version_number) + 1 from phase_version m where m.master_record_id = v.master_record_id)))).*
  from phase_version v where version_id = $1 returning version_id),
detail as (
  insert into planning_phase_versions
  select (jsonb_populate_record(d, jsonb_build_object('version_id', m.version_id))).* from planning_phase_versions d, made m where d.version_id = $1)
insert into attribute_decisions
select (jsonb_populate_record(i, jsonb_build_object('version_id', m.version_id, 'item_id', gen_random_uuid()))).*
from attribute_decisions i, made m where i.version_id = $1`;

/**
 * Copies the log of a stream under another id, without its live rows: it does not verify, but takes as much room, in the table and in the
 * indexes, as one that was sealed.
 */
const copyOf = (n) => {
  const other = (column) => `md5(${column}::text || ' ${n}')::uuid`;
  return `
insert into log.stream (stream_id, sequence, committed_at, closed_at, hash)
  select ${other('stream_id')}, sequence, committed_at, closed_at, hash from log.stream where stream_id = '${uuid(n % WORKFLOWS)}';
insert into log.change_set (change_set_id, stream_id, sequence, committed_at, actor_id, origin, operation, version_ids, previous_hash, hash)
  select ${other('change_set_id')}, ${other('stream_id')}, sequence, committed_at, actor_id, origin, operation,
    array(select ${other('v')} from unnest(version_ids) v), previous_hash, hash
  from log.change_set where stream_id = '${uuid(n % WORKFLOWS)}';
insert into log.row_change (stream_id, sequence, ordinal, table_name, row_id, version_id, operation, before, after)
  select ${other('stream_id')}, sequence, ordinal, table_name, row_id, ${other('version_id')}, operation, before, after
  from log.row_change where stream_id = '${uuid(n % WORKFLOWS)}'`;
};

/** The triggers of the log, which refuse what its own functions did not write; copies are of no commit. */
const triggersOfTheLog = `select string_agg(format('alter table %s disable trigger %I', tgrelid::regclass, tgname), '; ') as off,
    string_agg(format('alter table %s enable %s trigger %I', tgrelid::regclass, case tgenabled when 'A' then 'always' end, tgname), '; ') as back
  from pg_trigger
  where tgrelid in ('log.stream'::regclass, 'log.change_set'::regclass, 'log.row_change'::regclass) and not tgisinternal`;

/** Fills a log to one size after another. */
export class Filler {
  #at = 0;

  /**
   * @param client connected as a superuser
   * @param sealed how many row changes are sealed; the others are copies
   */
  constructor(client, sealed) {
    this.client = client;
    this.sealed = sealed;
    this.drafts = [];
  }

  async count() {
    const { rows } = await this.client.query('select count(*)::int as n from log.row_change');
    return rows[0].n;
  }

  /** Makes the first version of each workflow, by the API. */
  async begin(ask) {
    for (let n = 0; n < WORKFLOWS; n++)
      this.drafts.push((await ask(TESTER, ...create(n, ITEMS))).createVersion.version.versionId);
  }

  /** Fills it up to a size; returns how many row changes were added. */
  async fill(size) {
    const had = await this.count();
    for (let there = had; there < Math.min(size, this.sealed); there += ITEMS + 2)
      await this.client.query(another, [this.drafts[this.#at++ % WORKFLOWS]]);
    const now = await this.count();
    if (now < size) await this.#copy(size - now);
    return now - had;
  }

  async #copy(missing) {
    const { rows } = await this.client.query(triggersOfTheLog);
    const [{ off, back }] = rows;
    await this.client.query(off);
    for (let left = missing; left > 0;) {
      const results = await this.client.query(copyOf(this.#at++));
      left -= results.at(-1).rowCount;
    }
    await this.client.query(back);
  }
}
