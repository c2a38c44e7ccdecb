/** What cannot be told apart is one, in SQL as in TypeScript; and whatever role asks, the database keeps it. */
import { identityKey, nameKey } from '../../src/versioning/identity';
import { insertRows, rawVersion, transaction } from '../support/log';
import { ada, otherWorkflow, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const codeOf = async (sql: string, parameters: unknown[] = []): Promise<string> =>
  world.sql('owner', sql, parameters).then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

test('a key is the same in SQL and in TypeScript, for every character there is', async () => {
  const texts: string[] = [];
  for (let code = 1; code < 0x110000; code++) {
    if (code === 0xd800) code = 0xe000; // halves of pairs are no characters
    const character = String.fromCodePoint(code);
    // At an end, between letters, and twice: where a composition, a blank or nothing could be made of it.
    texts.push(`${character}a${character}b ${character}${character}`);
  }
  for (let start = 0; start < texts.length; start += 100_000) {
    const part = texts.slice(start, start + 100_000);
    const rows = await world.sql<{ text: string; key: string }>(
      'owner',
      'select t as text, log.identity_key(t) as key from unnest($1::text[]) t',
      [part],
    );
    expect(rows.filter(({ text, key }) => key !== identityKey(text)).map(({ text }) => escape(text))).toEqual([]);
  }
});

test('so is a name’s, for the letters of Latin, Greek and Cyrillic', async () => {
  const letters: string[] = [];
  for (let code = 1; code < 0x0530; code++) letters.push(`x${String.fromCodePoint(code)}x`);
  const rows = await world.sql<{ text: string; key: string }>(
    'owner',
    'select t as text, log.name_key(t) as key from unnest($1::text[]) t',
    [letters],
  );
  expect(rows.filter(({ text, key }) => key !== nameKey(text)).map(({ text }) => escape(text))).toEqual([]);
});

test.each([
  ['a line of business', `insert into lobs (lob_id, name) values (gen_random_uuid(), $1)`, 'consumer  cards\u200b'],
  ['a cycle', `insert into cycles (cycle_id, name) values (gen_random_uuid(), $1)`, ' FOURTH quarter'],
  ['a report', `insert into reports (report_id, name, number) values (gen_random_uuid(), 'Another', $1)`, 'cc-1\u00a0'],
])('%s is not there twice, however it is typed', async (_, sql, name) => {
  expect(await codeOf(sql, [name])).toBe('23505');
  expect(await codeOf(sql, ['\u200b\u00a0'])).toBe('23514');
  expect(await codeOf(sql, ['Something else'])).toBe('done');
});

test('nobody is called nothing', async () => {
  for (const name of ['', ' ', '\u200b'])
    expect(await codeOf(`update users set name = $1 where user_id = ${ada}`, [name])).toBe('23514');
  expect(await codeOf(`update reports set name = $1 where report_id = $2`, ['\u3164', workflow.reportId])).toBe(
    '23514',
  );
});

test('a cycle does not end before it starts, unless an import brings it so', async () => {
  const backwards = `insert into cycles (cycle_id, name, start_date, end_date) values (gen_random_uuid(), $1, '2026-02-01', '2026-01-31')`;
  expect(await codeOf(backwards, ['Backwards'])).toBe('23514');
  expect(await codeOf(`update cycles set end_date = '2020-01-01' where cycle_id = $1`, [workflow.cycleId])).toBe(
    '23514',
  );
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await client.query(
        `select log.open_import('00000000-0000-0000-0000-000000000000', null, 'import', 'As it was.', null)`,
      );
      await client.query(backwards, ['Backwards there']);
    }),
  );
  // What does not touch its days is nobody's trouble.
  expect(await codeOf(`update cycles set cycle_status = 'CLOSED' where name = 'Backwards there'`)).toBe('done');
});

const sample = (of: ReturnType<typeof rawVersion>, key: string, identifier: string) => ({
  item_id: crypto.randomUUID(),
  stream_id: of.stream_id,
  version_id: of.version_id,
  item_key: key,
  label: identifier,
  item_hash: '',
  sample_identifier: identifier,
  sample_data: {},
  recommended_by_id: ada,
  recommendation_timestamp: '2026-10-01T00:00:00Z',
});

test('a version has a sample once, by whatever path; what its record had as two stays two', async () => {
  await world.session('owner', async (client) => {
    const [first, second] = [1, 2].map((n) => rawVersion({ version_number: n, phase: 'SAMPLE_SELECTION' })) as [
      ReturnType<typeof rawVersion>,
      ReturnType<typeof rawVersion>,
    ];
    const [one, other, third] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()] as const;
    await transaction(client, async () => {
      await insertRows(client, 'phase_version', [first]);
      await insertRows(client, 'sample_decisions', [sample(first, one, 'S-1')]);
    });
    const refused = (row: object) =>
      transaction(client, () => insertRows(client, 'sample_decisions', [row as never])).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    expect(await refused(sample(first, other, 'S-1 '))).toBe('PL008');
    expect(await refused(sample(first, third, 'S-2'))).toBe('done');
    await expect(
      client.query(`update sample_decisions set sample_identifier = $1 where item_key = $2`, ['\u00a0S-1', third]),
    ).rejects.toMatchObject({ code: 'PL008' });

    await transaction(client, async () => {
      await client.query('select log.open_import($1, null, $2, $3, null)', [first.stream_id, 'import', 'As it was.']);
      await insertRows(client, 'phase_version', [second]);
      await insertRows(client, 'sample_decisions', [sample(second, one, 'S-1'), sample(second, other, 'S-1 ')]);
    });
    const later = rawVersion({ version_number: 3, phase: 'SAMPLE_SELECTION' });
    await transaction(client, async () => {
      await insertRows(client, 'phase_version', [later]);
      await insertRows(client, 'sample_decisions', [sample(later, one, 'S-1'), sample(later, other, 'S-1 ')]);
    });
  });
});

test('a new sample is not held against every other one, neither where its session has met few before nor where they are counted', async () => {
  const SAMPLES = 300;
  await world.session('superuser', async (client) => {
    const put = async (count: number, version_number: number) => {
      const version = rawVersion({ version_number, phase: 'SAMPLE_SELECTION' }, otherWorkflow);
      const samples = Array.from({ length: count }, (_, n) => sample(version, crypto.randomUUID(), `S-${n}`));
      let read = 0;
      await transaction(client, async () => {
        await insertRows(client, 'phase_version', [version]);
        await insertRows(client, 'sample_decisions', samples);
        const { rows } = await client.query<{ read: number }>(
          `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'sample_decisions'`,
        );
        read = rows[0]!.read;
      });
      return read;
    };
    await put(1, 1);
    expect(await put(SAMPLES, 2)).toBeLessThan(10 * SAMPLES);
    await client.query('analyze sample_decisions');
    expect(await put(SAMPLES, 3)).toBeLessThan(10 * SAMPLES);
  });
});

test('a new sample is not looked up in each earlier version of its record', async () => {
  await world.session('superuser', async (client) => {
    const looked = async (): Promise<number> => {
      const { rows } = await client.query<{ lookups: number }>(
        `select (seq_scan + idx_scan)::int as lookups from pg_stat_xact_user_tables where relname = 'sample_decisions'`,
      );
      return rows[0]!.lookups;
    };
    const lookups = async (version_number: number) => {
      const version = rawVersion({ version_number, phase: 'SAMPLE_SELECTION' }, otherWorkflow);
      const samples = Array.from({ length: 50 }, (_, n) => sample(version, crypto.randomUUID(), `S-${n}`));
      return transaction(client, async () => {
        const before = await looked();
        await insertRows(client, 'phase_version', [version]);
        await insertRows(client, 'sample_decisions', samples);
        return (await looked()) - before;
      });
    };
    const first = await lookups(11);
    for (const version of [12, 13, 14]) await lookups(version);
    expect(await lookups(15)).toBe(first);
  });
});
