/** The command as operators use it: what it prints, where it writes, and how it ends. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command } from '../support/command';
import { Target } from '../support/import';
import { asFolder, oldSystem } from '../support/old-system';
import { temporaryFolder } from '../support/temporary';

const tables = oldSystem();
const folder = asFolder(tables);
const rows = Object.values(tables).flat().length;
const reports = temporaryFolder();

let target: Target;
beforeAll(async () => void (target = await Target.create()));
afterAll(() => target.drop());

const legacy = (...options: string[]) => command('legacy', options, target.settings);

test('the whole way: rehearse, import, verify, compare, sync, take back', async () => {
  expect(await legacy('status')).toMatchObject({ code: 0, out: expect.stringContaining('Nothing has been imported') });
  expect(await legacy('import', '--from', folder, '--dry-run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Nothing was written.'),
  });
  const done = await legacy('import', '--from', folder);
  expect(done).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      new RegExp(`^# Import 1\n\n${rows} rows\\. \\d+ commits made, 0 changed, 0 as they were, 0 held back\\.`),
    ),
  });
  expect(done.out).toContain(`State ${await target.digest()}`);

  const proven = await legacy('verify', '--from', folder, '--out', reports);
  expect(proven).toMatchObject({ code: 0, err: expect.stringContaining('The report is in') });
  expect(readFileSync(path.join(reports, 'verify.md'), 'utf8')).toContain('**Proven**');
  expect(JSON.parse(readFileSync(path.join(reports, 'verify.json'), 'utf8'))).toMatchObject({ ok: true });
  expect((await legacy('status')).out).toMatch(/\| Scoping \| verified \| 1 \|/);

  expect((await legacy('compare', '--from', folder, '--sample', '10', '--seed', 'x', '--out', reports)).code).toBe(0);
  expect(await legacy('sync', '--from', folder, '--json')).toMatchObject({
    code: 0,
    out: expect.stringContaining('"placed": 0'),
  });

  expect(await legacy('rollback', '--phase', 'Testing', '--import', '1')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Taken back: 9 versions/),
  });
  expect((await legacy('status')).out).toMatch(/\| Test Execution \| rolled back \| 1 \|/);
  expect((await legacy('status', '--json')).out).toContain('"status": "rolled back"');
  expect((await legacy('verify', '--out', reports)).code).toBe(0);
});

test('any difference ends with 1 and is in the report', async () => {
  await target.query(
    `update scoping_versions set scoping_criteria = '{}' where version_id in (select version_id from phase_version where phase = 'SCOPING' and status = 'DRAFT')`,
  );
  await target.query(
    `update phase_version set approval_notes = 'changed by hand' where phase = 'SCOPING' and status = 'DRAFT'`,
  );
  const found = await legacy('verify', '--out', reports);
  expect(found.code).toBe(1);
  expect(found.out).toContain('**Not proven**');
  expect(JSON.parse(readFileSync(path.join(reports, 'verify.json'), 'utf8'))).toMatchObject({
    ok: false,
    differences: { total: 1 },
  });
});

test('what could not be read ends with 1, is named, and is no proof until it is brought', async () => {
  const users = path.join(folder, 'users.json');
  const whole = readFileSync(users, 'utf8');
  writeFileSync(users, whole.slice(0, -20));
  writeFileSync(path.join(folder, 'notes.txt'), 'not looked at');
  for (const command of ['import', 'verify']) {
    const from = command === 'import' ? ['--from', folder] : [];
    const cut = await legacy(command, ...from, '--out', reports);
    expect(cut).toMatchObject({ code: 1, out: expect.stringContaining('users.json breaks off after 3 rows') });
  }
  expect(readFileSync(path.join(reports, 'import.md'), 'utf8')).toMatch(/Not looked at.*`notes.txt`/);
  writeFileSync(users, whole);
  expect((await legacy('sync', '--from', folder, '--out', reports)).code).toBe(0);
});

const file = (text: string) => {
  const name = path.join(temporaryFolder(), 'users.txt');
  writeFileSync(name, text);
  return name;
};

test.each([
  ['no command', [], 1, 'Usage: npm run legacy --'],
  [
    'an unknown phase',
    ['rollback', '--phase', 'Nothing', '--import', '1'],
    1,
    'There is no phase "Nothing". The phases are Planning, ',
  ],
  [
    'an import that is none',
    ['rollback', '--phase', 'Scoping', '--import', '77'],
    1,
    'There is nothing of Scoping to take back from import 77',
  ],
  [
    'a zone that is none',
    ['import', '--from', folder, '--source-zone', 'Mars/Olympus'],
    1,
    'Write a name like Europe/Zurich',
  ],
  ['a number that is none', ['import', '--from', folder, '--cycle', 'x'], 1, 'Write a whole number'],
  ['a folder that is not there', ['import', '--from', '/no/such/folder'], 78, 'is no folder'],
  ['no source', ['import'], 1, "required option '--from <source>' not specified"],
  [
    'a map that is not there',
    ['import', '--from', folder, '--map-users', '/no/such/file'],
    1,
    'cannot be read (ENOENT)',
  ],
  [
    'a map that is none',
    ['import', '--from', folder, '--map-users', file('3 is Ada')],
    1,
    'is no pair of an old id and a userId',
  ],
  ['a map to nobody', ['import', '--from', folder, '--map-users', file('{"11": 4242}')], 1, 'There is no user 4242'],
])('%s is told in one message', async (_, options, code, message) => {
  const refused = await legacy(...options);
  expect(refused).toMatchObject({ code, err: expect.stringContaining(message) });
  expect(refused.err).not.toMatch(/^\s+at .*\.js/m);
});
