/** What people have themselves told of what waits for them: who says so, what they are told, once, and what becomes of what fails. */
import { randomUUID } from 'node:crypto';
import { Database } from '../../src/database/connection/database';
import { parseNetworks } from '../../src/delivery/address';
import { NOTICE_SCHEDULE } from '../../src/delivery/notifier';
import type { RunningServer } from '../../src/transport/server';
import { buildVersion } from '../support/builders';
import { startTestServer } from '../support/server';
import { ada, aud, olga, root, stranger, tess, workflow, World, type WorldOptions } from '../support/world';
import { MailServer } from './mail-server';
import { Receiver } from './receiver';
import { until } from '../support/until';

let world: World;
let mails: MailServer;
let chat: Receiver;
let second: { db: Database; server: RunningServer };
let submitted: { versionId: string };
const quick = { ...NOTICE_SCHEDULE, firstWaitMs: 10, longestWaitMs: 40 };
const settings = (): WorldOptions => ({
  smtpUrl: mails.url,
  mailFrom: 'phaseledger@bank.example',
  publicUrl: 'https://review.bank.example',
  webhookNetworks: parseNetworks('127.0.0.0/8')!,
  // A lease that ends while a message is being sent would have it sent twice.
  noticing: { pollEveryMs: 20, leaseMs: 60_000, schedule: quick },
});
beforeAll(async () => {
  mails = await MailServer.start();
  chat = await Receiver.start();
  world = await World.create(settings());
  // Another server, which tells the same people.
  const db = new Database({ url: world.database.serviceUrl, poolSize: 4, statementTimeoutMs: 60_000 });
  second = { db, server: await startTestServer(db, settings()) };
  submitted = await buildVersion(world, { phase: 'SCOPING', items: 2, status: 'PENDING_APPROVAL' });
});
afterEach(async () => {
  mails.answer = () => '250 OK';
  mails.taken.length = 0;
  mails.asked = 0;
  chat.answer = () => 200;
  for (const userId of [ada, olga, root, tess])
    for (const { ruleId } of await rules(userId))
      await world.get(
        userId,
        'mutation ($r: UUID!) { removeNotificationRule(input: { ruleId: $r }) { notificationRules { ruleId } } }',
        { r: ruleId },
      );
});
afterAll(async () => {
  await second.server.stop();
  await second.db.close();
  await world.destroy();
  await mails.stop();
  await chat.stop();
});

const RULE = `{ ruleId channel address zone hour weekday asks waitingDays dueDays quietFrom quietUntil status nextAt sentAt failingSince lastFailure suspendedAt }`;
const SET = `mutation ($input: SetNotificationRuleInput!) { setNotificationRule(input: $input) { notificationRules ${RULE} } }`;
const plain = { channel: 'EMAIL', address: 'olga@bank.example', zone: 'UTC', hour: 8 };
async function set(userId: number, input: object = {}): Promise<any> {
  const { setNotificationRule } = await world.get(userId, SET, { input: { ...plain, ...input } });
  return setNotificationRule.notificationRules.at(-1);
}
const rules = async (userId: number): Promise<any[]> =>
  (await world.get(userId, `{ notificationRules ${RULE} }`)).notificationRules;
const ruleOf = async (userId: number, { ruleId }: { ruleId: string }) =>
  (await rules(userId)).find((rule) => rule.ruleId === ruleId);
/** It is time. */
const due = ({ ruleId }: { ruleId: string }, more = '') =>
  world.sql('owner', `update log.notice_state set next_at = now() - interval '1 s' ${more} where rule_id = $1`, [
    ruleId,
  ]);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('everybody has themself told, and nobody sees or writes another one’s rule; its address is in no log', async () => {
  const address = `${randomUUID()}@bank.example`;
  const rule = await set(olga, { address, asks: ['DECIDE', 'DECIDE'], weekday: 5, quietFrom: 22, quietUntil: 6 });
  expect(rule).toMatchObject({ address, status: 'ENABLED', asks: ['DECIDE'], weekday: 5, sentAt: null });
  expect(new Date(rule.nextAt).getUTCDay()).toBe(5);
  for (const userId of [ada, root, aud]) {
    expect(await rules(userId)).toEqual([]);
    const input = { ...plain, ruleId: rule.ruleId };
    expect(await world.codeOf(userId, SET, { input })).toBe('NOT_FOUND');
  }
  const changed = await set(olga, { ruleId: rule.ruleId, address, isEnabled: false });
  expect(changed).toMatchObject({ ruleId: rule.ruleId, status: 'DISABLED', asks: [], weekday: null, quietFrom: null });
  expect(JSON.stringify(await world.sql('owner', 'select before, after from log.row_change'))).not.toContain(address);
  const [commit] = await world.sql(
    'owner',
    `select c.actor_id, c.operation from log.row_change r join log.change_set c using (stream_id, sequence)
     where r.table_name = 'notification_rules' order by r.sequence desc limit 1`,
  );
  expect(commit).toEqual({ actor_id: olga, operation: 'setNotificationRule' });
  const key = { input: { ...plain, idempotencyKey: randomUUID() } };
  const answers = await Promise.all([1, 2, 3].map(() => world.get(ada, SET, key)));
  expect(answers.map(({ setNotificationRule: { notificationRules } }) => notificationRules.length)).toEqual([1, 1, 1]);
  await expect(
    world.sql(
      'service',
      `insert into notification_rules (rule_id, user_id, channel, zone, hour) values (gen_random_uuid(), 1, 'EMAIL', 'UTC', 1)`,
    ),
  ).rejects.toThrow(/only themselves/);
});

test.each<[string, object, RegExp]>([
  ['an address with a name around it', { address: 'Olga <olga@bank.example>' }, /e-mail/],
  ['two addresses', { address: 'a@bank.example,b@bank.example' }, /e-mail/],
  ['a line more', { address: 'a@bank.example\r\nBcc: b@bank.example' }, /e-mail/],
  ['a chat without TLS', { channel: 'CHAT', address: 'http://chat.bank.example' }, /https/],
  ['an unknown zone', { zone: 'Europe/Nowhere' }, /IANA/],
  ['an hour that no day has', { hour: 24 }, /hour must be from 0 to 23/],
  ['a day that no week has', { weekday: 0 }, /weekday/],
  ['half of quiet hours', { quietFrom: 22 }, /both/],
])('is refused %s', async (_, input, message) => {
  const { errors } = await world.ask(olga, SET, { input: { ...plain, ...input } });
  expect(errors?.[0]).toMatchObject({
    extensions: { code: 'BAD_USER_INPUT' },
    message: expect.stringMatching(message),
  });
});

test('has 10 rules at most', async () => {
  await Promise.all(Array.from({ length: 12 }, () => world.ask(ada, SET, { input: plain })));
  expect(await rules(ada)).toHaveLength(10);
});

test('what waits is mailed once, by one of two servers: names and links, and nothing of what is in versions', async () => {
  const rule = await set(olga, { asks: ['DECIDE'] });
  await due(rule);
  await until('it is mailed', () => mails.taken.length > 0);
  await pause(300);
  expect(mails.taken).toHaveLength(1);
  const [mail] = mails.taken;
  expect(mail).toMatchObject({ from: 'phaseledger@bank.example', to: 'olga@bank.example' });
  expect(mail!.headers.get('subject')).toBe('PhaseLedger: one version waits');
  expect(mail!.headers.get('message-id')).toMatch(new RegExp(`^<${rule.ruleId}\\.\\d+@bank.example>$`));
  expect(mail!.text).toContain('- Scoping, version 1, of Credit cards (Fourth quarter): decide, since today');
  expect(mail!.text).toContain(`https://review.bank.example/v/${submitted.versionId}`);
  expect(mail!.text).toContain('https://review.bank.example/notifications');
  const content = await world.get(
    olga,
    `{ phaseVersion(versionId: "${submitted.versionId}") { items(first: 9) { nodes { label } } } }`,
  );
  for (const { label } of content.phaseVersion.items.nodes) expect(mail!.text).not.toContain(label);
  const told = await ruleOf(olga, rule);
  expect(told).toMatchObject({ status: 'ENABLED', lastFailure: null });
  expect([told.sentAt !== null, Date.parse(told.nextAt) > Date.now()]).toEqual([true, true]);
});

test('of many rules that are due at once, two servers send each one once', async () => {
  for (let n = 0; n < 9; n++) await set(olga, { address: `olga+${n}@bank.example` });
  await world.sql('owner', `update log.notice_state set next_at = now() - interval '1 s'`);
  await until('all are mailed', () => mails.taken.length >= 9);
  await pause(300);
  expect(mails.taken.map(({ to }) => to).sort()).toEqual(Array.from({ length: 9 }, (_, n) => `olga+${n}@bank.example`));
});

test('a mail server that answers 451 is asked again, one that refuses is not; after three days of that nothing is sent any more', async () => {
  mails.answer = () => (mails.asked <= 2 ? '451 greylisted' : '250 OK');
  await due(await set(olga));
  await until('it is mailed', () => mails.taken.length === 1);
  expect(mails.asked).toBe(3);

  mails.answer = () => '550 nobody here';
  const rule = await set(ada, { address: 'nobody@bank.example', asks: ['WAIT'] });
  await due(rule);
  await until('it is given up', async () => (await ruleOf(ada, rule)).lastFailure !== null);
  await pause(200);
  expect(mails.asked).toBe(4);
  const given = await ruleOf(ada, rule);
  expect(given).toMatchObject({ status: 'ENABLED', lastFailure: 'the mail server answered 550' });
  expect(Date.parse(given.nextAt)).toBeGreaterThan(Date.now());
  await due(rule, `, failing_since = now() - interval '73 hours'`);
  await until('it is suspended', async () => (await ruleOf(ada, rule)).status === 'SUSPENDED');
  expect(await set(ada, { ruleId: rule.ruleId })).toMatchObject({ status: 'ENABLED', lastFailure: null });
});

test('nothing is sent in quiet hours, of what waits for nobody, of what has not waited so long, and to whom has left', async () => {
  const hour = new Date().getUTCHours();
  const quiet = await set(olga, { quietFrom: hour, quietUntil: (hour + 2) % 24 });
  const young = await set(olga, { waitingDays: 1 });
  const far = await set(olga, { dueDays: 1 }); // the cycle has no end
  const nothing = await set(root, { address: 'root@bank.example' });
  const left = await set(stranger, { address: 'stella@bank.example' });
  await world.sql('owner', 'update users set is_active = false where user_id = $1', [stranger]);
  for (const rule of [quiet, young, far, nothing, left]) await due(rule);
  await until('all were looked at', async () => {
    const [row] = await world.sql('owner', 'select count(*)::int as n from log.notice_state where next_at > now()');
    return row.n === 3;
  });
  await pause(200);
  expect(mails.asked).toBe(0);
  const [put] = await world.sql('owner', 'select next_attempt_at from log.notice_state where rule_id = $1', [
    quiet.ruleId,
  ]);
  expect(put.next_attempt_at.getUTCHours()).toBe((hour + 2) % 24);
  // When it is over, it is sent.
  await set(olga, { ruleId: quiet.ruleId });
  await due(quiet);
  await until('it is mailed', () => mails.taken.length === 1);
  await world.sql('owner', 'update users set is_active = true where user_id = $1', [stranger]);
  await until(
    'so it is to whom has come back',
    async () => (await ruleOf(stranger, left)).nextAt > new Date().toISOString(),
  );
});

test('what is due is told: its cycle ends within so many days, or has ended', async () => {
  const endIn = (days: number | null) =>
    world.sql('owner', 'update cycles set end_date = current_date + $2::int where cycle_id = $1', [
      workflow.cycleId,
      days,
    ]);
  await endIn(5);
  const soon = await set(olga, { dueDays: 7 });
  const tomorrow = await set(olga, { dueDays: 1, address: 'olga+tomorrow@bank.example' });
  for (const rule of [soon, tomorrow]) await due(rule);
  await until('both were looked at', async () =>
    (await rules(olga)).every(({ nextAt }) => Date.parse(nextAt) > Date.now()),
  );
  expect(mails.taken.map(({ to }) => to)).toEqual(['olga@bank.example']);
  await endIn(-1);
  await due(tomorrow);
  await until('it is mailed', () => mails.taken.length === 2);
  expect(mails.taken[1]).toMatchObject({ to: 'olga+tomorrow@bank.example' });
  await endIn(null);
});

test('what others leave lying is told to whom wants to follow it up, with the names of those it waits for', async () => {
  const about = { address: 'tess@bank.example', asks: ['FOLLOW_UP'] };
  const rule = await set(tess, { ...about, waitingDays: 5 });
  await due(rule);
  await until('it was looked at', async () => Date.parse((await ruleOf(tess, rule)).nextAt) > Date.now());
  expect(mails.asked).toBe(0);

  await set(tess, { ...about, ruleId: rule.ruleId });
  await due(rule);
  await until('it is mailed', () => mails.taken.length === 1);
  expect(mails.taken[0]!.text).toContain(
    '- Scoping, version 1, of Credit cards (Fourth quarter): waits for Olga Petrenko to decide, since today',
  );
});

test('a chat is told the same, as a text', async () => {
  const rule = await set(olga, { channel: 'CHAT', address: chat.url });
  await due(rule);
  await until('it is told', async () => (await ruleOf(olga, rule)).sentAt !== null);
  expect(chat.asked).toBe(1);
  const { text } = chat.taken[0] as unknown as { text: string };
  expect(text).toMatch(/^PhaseLedger: one version waits\n- Scoping, version 1, of Credit cards/);
});
