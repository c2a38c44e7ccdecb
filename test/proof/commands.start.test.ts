/** The commands as an operator types them: what they print, and whether a script that calls them may go on. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command as commandWith } from '../support/command';
import { temporaryFolder } from '../support/temporary';
import { AttackedWorld, type Story } from './attacked-world';

let attacked: AttackedWorld;
let sound: Story;
let cut: Story;
let edited: Story;
const folder = temporaryFolder();
const file = path.join(folder, 'log.jsonl');

/** A command that reads the attacked log. */
const command = (name: string, args: readonly string[], settings: Record<string, string> = {}) =>
  commandWith(name, args, {
    DATABASE_URL: attacked.world.database.serviceUrl,
    CHECKPOINT_DIR: attacked.checkpoints.folder,
    ...settings,
  });
const offline = { DATABASE_URL: 'postgresql://nobody:nothing@127.0.0.1:1/nowhere' };

beforeAll(async () => {
  attacked = await AttackedWorld.create();
  const places = await attacked.places(3);
  [sound, cut, edited] = [
    await attacked.tell(places[0]!),
    await attacked.tell(places[1]!),
    await attacked.tell(places[2]!),
  ];
  await attacked.world.sql('owner', `update reports set name = E'A \\x1b[2Kname' where report_id = $1`, [
    sound.reportId,
  ]);
  await attacked.checkpoints.note(attacked.world.db);
});
afterAll(async () => {
  await attacked.destroy();
});

describe('while nothing is wrong', () => {
  test('verify says so of every stream and of the checkpoints, in plain characters', async () => {
    const { code, out, err } = await command('verify', []);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^ok {6}4 checkpoints, the last of 20\S+Z, signed with the key [0-9a-f]{64}$/m);
    expect(out).toMatch(/^ok {6}reference data: \d+ commits$/m);
    expect(out).toContain(`${sound.reportId} A ?[2Kname · Fourth quarter: 6 commits`);
    expect(out).toMatch(
      /^ok {6}catalogue: \d+ objects as the migrations make them; changes of the schema are NOT recorded$/m,
    );
    expect(out.match(/^ok/gm)).toHaveLength(6);
    expect(out).not.toContain('\x1b');
  });

  test.each<[string, () => string]>([
    ['a workflow id', () => sound.workflowId],
    ['a workflow id in capitals', () => sound.workflowId.toUpperCase()],
    ['a cycle and a report', () => `${sound.cycleId}/${sound.reportId}`],
    ['the reference data', () => 'reference'],
    ['the reference data in capitals', () => 'REFERENCE'],
  ])('verify takes %s', async (_, argument) => {
    const { code, out } = await command('verify', ['--workflow', argument()]);
    expect(code).toBe(0);
    expect(out.match(/^ok/gm)).toHaveLength(2);
  });

  test('rebuild --dry-run finds every row equal', async () => {
    const { code, out } = await command('rebuild', ['--dry-run']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}attribute_decisions +3 equal$/m);
    expect(out).not.toMatch(/different|missing|does not know/);
  });

  test('export:log writes a file that is verified without the database, and does not write over one', async () => {
    const exported = await command('export-log', ['--workflow', sound.workflowId, '--out', file]);
    expect(exported).toMatchObject({ code: 0, err: expect.stringContaining('6 commits written to') });
    const again = await command('export-log', ['--workflow', sound.workflowId, '--out', file]);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('exists already; name another file.') });
    const { code, out } = await command('verify', ['--file', file], offline);
    expect(code).toBe(0);
    expect(out).toContain(`ok      ${file} (${sound.workflowId}): 6 commits`);
  });

  test('export:log is noted as a read of the log before anything is written; without the note there is no file', async () => {
    const { world } = attacked;
    const noted = () =>
      world.sql(
        'owner',
        `select reader_id, origin, request_id from log.change_log_read where stream_id = $1 and field = 'export:log' order by read_id`,
        [sound.workflowId],
      );
    const before = await noted();
    const refused = path.join(folder, 'refused.jsonl');
    await world.sql('owner', 'revoke insert on log.change_log_read from phaseledger_service');
    expect((await command('export-log', ['--workflow', sound.workflowId, '--out', refused])).code).toBe(1);
    expect(existsSync(refused)).toBe(false);
    await world.sql(
      'owner',
      'grant insert (stream_id, reader_id, field, request_id) on log.change_log_read to phaseledger_service',
    );
    expect((await command('export-log', ['--workflow', sound.workflowId, '--out', refused])).code).toBe(0);
    expect(await noted()).toEqual([...before, { reader_id: null, origin: 'command', request_id: null }]);
  });
});

test('token makes none where they come from an identity provider', async () => {
  const provider = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'us' };
  const { code, out, err } = await command('token', ['--user', '1'], { ...provider, AUTH_JWT_SECRET: '' });
  expect({ code, out }).toEqual({ code: 78, out: '' });
  expect(err).toMatch(/^AUTH_JWKS_URL is set, so tokens come from your identity provider/);
});

test.each<[string, string, string[], RegExp]>([
  [
    'what is no workflow',
    'verify',
    ['--workflow', 'the first one'],
    /Write a workflow id, CYCLE\/REPORT .*or "reference"/,
  ],
  ['half a workflow', 'verify', ['--workflow', '0194d2a0-5c00-7000-8000-000000000001/'], /Write a workflow id/],
  [
    'a workflow that there is not',
    'verify',
    ['--workflow', '0194d2a0-5c00-7000-8000-00000000dead'],
    /^There is no workflow 0194d2a0/,
  ],
  ['both a workflow and a file', 'verify', ['--workflow', 'reference', '--file', 'x'], /cannot be used with/],
  ['a file that there is not', 'verify', ['--file', path.join(folder, 'none')], /cannot be read \(ENOENT\)\./],
  ['a folder', 'verify', ['--file', folder], /cannot be read \(EISDIR\)\./],
  ['an option that there is not', 'verify', ['--all'], /unknown option '--all'/],
  ['nothing', 'export-log', [], /required option/],
  [
    'a place that cannot be written',
    'export-log',
    ['--workflow', 'reference', '--out', path.join(folder, 'no', 'log')],
    /cannot be written \(ENOENT\)\./,
  ],
  ['no --dry-run', 'rebuild', [], /Only --dry-run is available/],
])('a command that is given %s says what it takes', async (_, name, args, message) => {
  const { code, err } = await command(name, args);
  expect(code).toBe(1);
  expect(err.split('\n').length).toBeLessThan(4);
  expect(err).toMatch(message);
});

describe('when something is wrong', () => {
  beforeAll(async () => {
    await attacked.attack(
      `update log.change_set set actor_id = 5 where stream_id = '${edited.workflowId}' and sequence = 3`,
    );
    await attacked.attack(
      ...[
        'log.row_change',
        'log.change_set',
        'log.stream',
        'attribute_decisions',
        'version_editor',
        'phase_version',
        'workflow_testers',
      ].map((table) => `delete from ${table} where stream_id = '${cut.workflowId}'`),
    );
  });

  test('verify names it, goes on with the rest, and ends with 1', async () => {
    const { code, out } = await command('verify', []);
    expect(code).toBe(1);
    expect(out).toMatch(/^BROKEN {2}.* at commit 3: Commit 3 does not have the content it was sealed with\.$/m);
    expect(out).toMatch(
      /^BROKEN {2}.* at commit 1: A checkpoint recorded commit 6; the chain ends at 0: its tail was cut\.$/m,
    );
    expect(out.match(/^ok/gm)).toHaveLength(4);
  });

  test('verify of one workflow is about that one only', async () => {
    expect(await command('verify', ['--workflow', edited.workflowId])).toMatchObject({ code: 1 });
    expect(await command('verify', ['--workflow', sound.workflowId])).toMatchObject({ code: 0 });
  });

  test('rebuild --dry-run ends with 1 where rows differ', async () => {
    await attacked.attack(`update attribute_decisions set label = 'x' where item_id = '${edited.items[0]}'`);
    const { code, out } = await command('rebuild', ['--dry-run', '--workflow', edited.workflowId]);
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}attribute_decisions +2 equal, 1 different$/m);
  });

  test('a file that was edited ends with 1', async () => {
    const other = path.join(folder, 'edited.jsonl');
    writeFileSync(other, readFileSync(file, 'utf8').replace('second edit', 'second\\u001b'));
    const { code, out } = await command('verify', ['--file', other], offline);
    expect(code).toBe(1);
    expect(out).toMatch(/^BROKEN {2}\S+ \(\S+\) at commit 3: /m);
  });

  test('checkpoints that were edited are told, and the rest is verified without them', async () => {
    const checkpoints = path.join(attacked.checkpoints.folder, 'checkpoints.jsonl');
    const before = readFileSync(checkpoints, 'utf8');
    writeFileSync(checkpoints, before.replace('"sequence":6', '"sequence":5'));
    const { code, out } = await command('verify', ['--workflow', sound.workflowId]);
    writeFileSync(checkpoints, before);
    expect(code).toBe(1);
    expect(out).toMatch(/^BROKEN {2}checkpoints: Line \d of the checkpoints is not one that was signed there\.$/m);
    expect(out).toMatch(/^ok .*: 6 commits$/m);
  });

  test('without checkpoints verify says what it could not have noticed', async () => {
    const none = path.join(folder, 'none');
    const { code, out } = await command('verify', ['--workflow', sound.workflowId], { CHECKPOINT_DIR: none });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^There are no checkpoints: a chain that was rewritten as a whole, or cut, would not be noticed\.$/m,
    );
    expect(existsSync(none)).toBe(false);
  });
});
