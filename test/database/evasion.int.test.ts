/**
 * Ways around the log and the rules that need no right but to write: old snapshots, look-alike tables and functions, one
 * statement that does two things to a row. Each attempt is either refused, or recorded as it happened.
 */
import type pg from 'pg';
import { buildVersion, type BuiltVersion } from '../support/builders';
import {
  changesIn,
  differences,
  insertRows,
  rawAttribute,
  rawScoping,
  rawVersion,
  recording,
  transaction,
} from '../support/log';
import { olga, otherWorkflow, workflow, World } from '../support/world';

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.destroy());

/** Runs it to the end, or not at all. */
const attempt = (work: (client: pg.Client) => Promise<unknown>, begin?: string): Promise<unknown> =>
  world.session('owner', (client) =>
    transaction(client, () => work(client), begin).catch((error: pg.DatabaseError) => error.code),
  );

async function draftWithItems(): Promise<{
  draft: ReturnType<typeof rawVersion>;
  items: ReturnType<typeof rawAttribute>[];
}> {
  const draft = rawVersion({ version_number: 1 });
  const items = [rawAttribute(draft), rawAttribute(draft)];
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await insertRows(client, 'phase_version', [draft]);
      await insertRows(client, 'attribute_decisions', items);
    }),
  );
  return { draft, items };
}

describe('one statement that removes a row and adds it again', () => {
  test('by a CTE of which only a part is used', async () => {
    await draftWithItems();
    // The INSERT takes one row and is done before the DELETE is, so its triggers fire first.
    await recording(world, () =>
      attempt((client) =>
        client.query(
          'with gone as (delete from attribute_decisions returning *) insert into attribute_decisions select * from gone limit 1',
        ),
      ),
    );
  });

  test('by MERGE, whose triggers fire for INSERT before DELETE', async () => {
    await recording(world, () =>
      attempt((client) =>
        client.query(`merge into user_roles r using (values (1, 'TESTER'::"UserRole", 1), (1, 'TESTER', 2)) s (user_id, role, n)
                      on r.user_id = s.user_id and r.role = s.role and s.n = 1
                      when matched then delete when not matched then insert (user_id, role) values (s.user_id, s.role)`),
      ),
    );
  });
});

describe('TRUNCATE under a snapshot that is older than the rows', () => {
  test.each(['repeatable read', 'serializable'])('%s: what it removes was recorded', async (isolation) => {
    const { draft } = await draftWithItems();
    await world.sql('owner', 'delete from attribute_decisions');
    await recording(world, () =>
      attempt(async (client) => {
        await client.query('select from attribute_decisions');
        await world.session('owner', (another) => insertRows(another, 'attribute_decisions', [rawAttribute(draft)]));
        await client.query('truncate attribute_decisions');
      }, `begin isolation level ${isolation}`),
    );
  });

  test('approved content is not removed', async () => {
    const { after } = await recording(world, () =>
      attempt(async (client) => {
        await client.query('select from scoping_decisions');
        await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
        await client.query('truncate scoping_decisions, item_decision, version_editor cascade');
      }, 'begin isolation level repeatable read'),
    );
    const tables = [...after.keys()].map((id) => id.split(' ')[0]);
    expect(tables).toContain('scoping_decisions');
    expect(tables).toContain('item_decision');
    expect(tables).toContain('version_editor');
  });
});

describe('a temporary table with the name of a real one', () => {
  let approved: BuiltVersion;
  beforeEach(async () => {
    approved = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  });

  test('does not thaw content', async () => {
    const { before, after } = await recording(world, () =>
      attempt(async (client) => {
        await client.query('create temp table phase_version (like public.phase_version)');
        await client.query('update scoping_decisions set is_in_scope = not is_in_scope where version_id = $1', [
          approved.versionId,
        ]);
      }),
    );
    expect(after).toEqual(before);
  });

  test('does not swallow what a TRUNCATE removes', async () => {
    await attempt(async (client) => {
      const draft = rawVersion({ version_number: 1 }, otherWorkflow);
      await insertRows(client, 'phase_version', [draft]);
    });
    const recorded = await recording(world, () =>
      attempt(async (client) => {
        await client.query('create temp table workflow_testers (like public.workflow_testers)');
        await client.query('truncate public.workflow_testers');
      }),
    );
    expect(changesIn(recorded.commits)).toEqual(differences(recorded));
  });

  test.each(['version_editor', 'phase_policy'])('does not blind the four eyes: %s', async (table) => {
    const edited = rawVersion({ version_number: 3, phase: 'SCOPING', base_version_id: approved.versionId });
    await world.session('owner', (client) => insertRows(client, 'phase_version', [edited]));
    const open = `select log.open('${workflow.workflowId}', ${olga}, 'test', null, null)`;
    await world.session('service', (client) =>
      transaction(client, async () => {
        await client.query(open);
        await insertRows(client, 'scoping_decisions', [rawScoping(edited)]);
      }),
    );
    const { before, after } = await recording(world, () =>
      attempt(async (client) => {
        await client.query(`create temp table ${table} as select * from public.${table} where false`);
        await client.query(
          `insert into ${table} (${table === 'phase_policy' ? `phase, self_attested) values ('SCOPING', true)` : `user_id) values (99)`}`,
        );
        await client.query(
          `update public.phase_version set status = 'PENDING_APPROVAL', submitted_at = now(), submitted_by = 1 where version_id = '${edited.version_id}'`,
        );
        await client.query(
          `update public.phase_version set status = 'SUPERSEDED', effective_to = now() where version_id = '${approved.versionId}'`,
        );
        await client.query(
          `update public.phase_version set status = 'APPROVED', reviewed_at = now(), reviewed_by = ${olga}, effective_from = now() where version_id = '${edited.version_id}'`,
        );
      }),
    );
    expect(after).toEqual(before);
  });
});

describe('entries of the log that nobody’s write made', () => {
  const forged = (sequence: string) =>
    `insert into log.row_change (stream_id, sequence, ordinal, table_name, row_id, operation, after)
     select stream_id, ${sequence}, 9999, 'users', '1', 'UPDATE', '{}' from log.stream where stream_id = '00000000-0000-0000-0000-000000000000'`;

  test('cannot be added behind a function that looks like PostgreSQL’s own', async () => {
    await recording(world, async () => {
      const code = await attempt(async (client) => {
        await client.query(
          'create schema mine; create function mine.pg_trigger_depth() returns int language sql as $$ select 9 $$',
        );
        await client.query('set local search_path = mine, pg_catalog, public');
        await client.query(forged('sequence'));
      });
      expect(code).toBe('PL002');
    });
  });
});
