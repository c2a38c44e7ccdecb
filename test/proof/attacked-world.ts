/**
 * A world with as many small workflows as a test likes, each with the same history of six commits, and a superuser who
 * respects nothing. Every attack has a workflow of its own, so that each is committed and stays.
 */
import path from 'node:path';
import { v4 as uuidv4, v5 as uuidv5 } from 'uuid';
import type pg from 'pg';
import type { Db } from '../../src/database/connection/database';
import { REFERENCE_STREAM } from '../../src/database/register/people';
import { Checkpoints } from '../../src/proof/checkpoints';
import { verifyStream, type Verification, type VerifyOptions } from '../../src/proof/verify';
import type { RunningServer } from '../../src/transport/server';
import { insertRows, rawAttribute, rawVersion, transaction } from '../support/log';
import { startTestServer } from '../support/server';
import { ada, aud, token, workflow, World } from '../support/world';
import { temporaryFolder } from '../support/temporary';

export interface Place {
  readonly cycleId: string;
  readonly reportId: string;
  readonly workflowId: string;
}

export interface Story extends Place {
  readonly versionId: string;
  /** The first and the second are edited, the third is deleted in commit 4, the fourth inserted there. */
  readonly items: readonly string[];
}

export interface Proof {
  readonly valid: boolean;
  readonly changeSetsChecked: number;
  readonly headHash: string | null;
  readonly firstBrokenSequence: number | null;
  readonly problem: string | null;
}
const proof = 'valid changeSetsChecked headHash firstBrokenSequence problem';

export class AttackedWorld {
  private constructor(
    readonly world: World,
    readonly folder: string,
    readonly checkpoints: Checkpoints,
    readonly server: RunningServer,
  ) {}

  static async create(): Promise<AttackedWorld> {
    const world = await World.create();
    const folder = temporaryFolder();
    const checkpoints = new Checkpoints(path.join(folder, 'checkpoints'));
    const server = await startTestServer(world.db, { checkpoints });
    return new AttackedWorld(world, folder, checkpoints, server);
  }

  async destroy(): Promise<void> {
    await this.server.stop();
    await this.world.destroy();
  }

  /** Makes workflows that nobody is assigned to; by the owner, in one commit. */
  async places(count: number): Promise<Place[]> {
    const places = Array.from({ length: count }, () => ({
      cycleId: workflow.cycleId,
      reportId: uuidv4(),
      workflowId: uuidv4(),
    }));
    await this.world.sql(
      'owner',
      `with r as (insert into reports (report_id, name, number) select r, 'A report', r::text from unnest($2::uuid[]) r returning report_id)
       insert into workflows (workflow_id, cycle_id, report_id) select w, $3, r from unnest($1::uuid[], $2::uuid[]) x(w, r)`,
      [places.map(({ workflowId }) => workflowId), places.map(({ reportId }) => reportId), workflow.cycleId],
    );
    return places;
  }

  /** Six commits: a draft with three items; an edit; an edit by a person; one item for another; the draft itself; an edit. */
  async tell(place: Place): Promise<Story> {
    const draft = rawVersion({ version_number: 1 }, place);
    const items = [1, 2, 3, 4].map((n) =>
      rawAttribute(draft, { item_id: uuidv5(`${n}`, place.workflowId), label: `item ${n}` }),
    );
    const edit = (n: number, label: string) =>
      `update attribute_decisions set label = '${label}' where item_id = '${items[n]!.item_id}'`;
    await this.world.session('owner', async (client) => {
      await transaction(client, async () => {
        await insertRows(client, 'phase_version', [draft]);
        await insertRows(client, 'attribute_decisions', items.slice(0, 3));
      });
      await client.query(edit(0, 'first edit'));
    });
    await this.world.session('service', (client) =>
      transaction(client, async () => {
        await client.query('select log.open($1, $2, $3, $4, $5)', [
          place.workflowId,
          ada,
          'putItems',
          'It was wrong.',
          'request-3',
        ]);
        await client.query(edit(1, 'second edit'));
      }),
    );
    await this.world.session('owner', async (client) => {
      await transaction(client, async () => {
        await client.query(`delete from attribute_decisions where item_id = '${items[2]!.item_id}'`);
        await insertRows(client, 'attribute_decisions', [items[3]!]);
      });
      await client.query('update phase_version set revision = 2 where version_id = $1', [draft.version_id]);
      await client.query(edit(0, 'third edit'));
    });
    return { ...place, versionId: draft.version_id, items: items.map(({ item_id }) => item_id) };
  }

  /** A superuser, no trigger, no foreign key, no constraint on the log's order; afterwards all looks as before. */
  attack(...statements: string[]): Promise<void> {
    return this.world.session('superuser', (client) => attack(client, statements));
  }

  /** What an auditor is told, by a server that has the checkpoints. */
  async verify({ cycleId, reportId }: Pick<Place, 'cycleId' | 'reportId'>): Promise<Proof> {
    return (await this.ask(`{ verifyChangeLog(cycleId: "${cycleId}", reportId: "${reportId}") { ${proof} } }`))
      .verifyChangeLog;
  }

  async verifyReference(): Promise<Proof> {
    return (await this.ask(`{ verifyReferenceLog { ${proof} } }`)).verifyReferenceLog;
  }

  async ask(query: string): Promise<any> {
    const response = await fetch(`${this.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(aud)}` },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  }

  /** What the database alone shows. */
  verifyWithoutCheckpoints(streamId = REFERENCE_STREAM, options: VerifyOptions = {}): Promise<Verification> {
    return this.world.db.snapshot((tx) => verifyStream(tx, streamId, options));
  }
}

/** Runs statements as if nothing were guarded, and puts every trigger back as it was. */
export async function attack(client: pg.Client, statements: readonly string[]): Promise<void> {
  await client.query(`set timezone = 'UTC'`);
  const { rows } = await client.query<{ table: string; off: string; on: string }>(
    `select c.relname as "table", format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname) as off,
       format('alter table %s enable always trigger %I', t.tgrelid::regclass, t.tgname) as on
     from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where not t.tgisinternal and c.relnamespace in ('public'::regnamespace, 'log'::regnamespace)`,
  );
  const triggers = rows.filter(({ table }) => statements.some((sql) => sql.includes(table)));
  await transaction(client, async () => {
    await client.query(`set local session_replication_role = replica; ${triggers.map(({ off }) => off).join(';')}`);
    for (const sql of statements) await client.query(sql);
    await client.query(triggers.map(({ on }) => on).join(';'));
  });
}

/** A connection as the product's own readers take it. */
export const dbOf = (client: pg.ClientBase): Db => ({
  query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await client.query<Record<string, unknown>>(sql, [...parameters])).rows.map(
      (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value])) as Row,
    ),
});
const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Seals a stream anew from its first commit on, as whoever can write to everything could; also its head. */
export const rechain = (streamId: string): string => `do $do$
  declare c log.change_set; previous bytea;
  begin
    perform set_config('timezone', 'UTC', true);
    for c in select * from log.change_set where stream_id = '${streamId}' order by sequence loop
      c.previous_hash := previous;
      c.version_ids := array(select distinct version_id from log.row_change r where r.stream_id = c.stream_id and r.sequence = c.sequence and version_id is not null order by 1);
      previous := log.digest(c);
      update log.change_set set previous_hash = c.previous_hash, hash = previous, version_ids = c.version_ids where change_set_id = c.change_set_id;
    end loop;
    update log.stream s set sequence = l.sequence, committed_at = l.committed_at, hash = l.hash
    from (select * from log.change_set where stream_id = '${streamId}' order by sequence desc limit 1) l where s.stream_id = l.stream_id;
  end $do$`;
