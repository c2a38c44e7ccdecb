/** When a delivery is tried again, where it may go, and what it is signed with. */
import { createHmac } from 'node:crypto';
import { BlockList } from 'node:net';
import { newSecret, problemOfUrl } from '../../src/database/register/receivers';
import { mayReach, parseNetworks } from '../../src/delivery/address';
import { headersOf } from '../../src/delivery/message';
import { SCHEDULE, waitAfter } from '../../src/delivery/schedule';

test('waits double, up to an hour, and chance takes up to half of them', () => {
  const longest = (failures: number) => waitAfter(failures, SCHEDULE, 1);
  expect([1, 2, 3, 12, 13, 1000].map(longest)).toEqual([1000, 2000, 4000, 2_048_000, 3_600_000, 3_600_000]);
  expect(waitAfter(1, SCHEDULE, 0)).toBe(500);
  expect(waitAfter(13, SCHEDULE, 0)).toBe(1_800_000);
});

const nowhere = new BlockList();
test.each(
  [
    '8.8.8.8 1.1.1.1 172.15.0.1 172.32.0.1 192.169.0.1 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8'
      .split(' ')
      .map((address) => [address, true] as const),
    '127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 198.18.0.1 224.0.0.1 255.255.255.255 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 2002:7f00:1::1 2001:db8::1 ::127.0.0.1 localhost'
      .split(' ')
      .map((address) => [address, false] as const),
  ].flat(),
)('%s is everybody’s: %s', (address, isPublic) => {
  expect(mayReach(address, nowhere)).toBe(isPublic);
});

test('networks of one’s own are reached where they are allowed, and nothing beside them', () => {
  const allowed = parseNetworks('10.20.0.0/16, fd00:1::/32')!;
  expect(
    ['10.20.0.1', '10.20.255.255', '::ffff:10.20.0.1', 'fd00:1::5'].map((address) => mayReach(address, allowed)),
  ).toEqual([true, true, true, true]);
  expect(['10.21.0.1', 'fd00:2::5', '127.0.0.1'].map((address) => mayReach(address, allowed))).toEqual([
    false,
    false,
    false,
  ]);
  for (const none of ['10.20.0.0', '10.20.0.0/33', 'everything', 'fd00::/129', '300.1.1.1/8'])
    expect(parseNetworks(none)).toBeUndefined();
});

test.each([
  ['https://hooks.bank.example/phase?x=1', null],
  ['http://127.0.0.1:8080/x', null],
  ['http://localhost/x', null],
  ['http://hooks.bank.example', 'https://'],
  ['https://user:pass@hooks.bank.example', 'password'],
  ['https://hooks.bank.example/#x', '#'],
  ['ftp://hooks.bank.example', 'https://'],
  ['file:///etc/passwd', 'https://'],
  ['http://127.0.0.1.bank.example', 'https://'],
  ['hooks', 'no address'],
])('whether %s can be a receiver', (url, problem) => {
  if (problem === null) expect(problemOfUrl(url)).toBeNull();
  else expect(problemOfUrl(url)).toContain(problem);
});

test('an address has an end', () => {
  expect(problemOfUrl(`https://x.example/${'a'.repeat(2000)}`)).toContain('no address');
});

test('a message is signed as the specification says, once with each secret', () => {
  const secrets = [newSecret(), newSecret()];
  const now = new Date('2026-11-30T08:00:00.789Z');
  const headers = headersOf('id-1', '{"type":"x"}', secrets, now);
  const own = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    expect(key).toHaveLength(32);
    return `v1,${createHmac('sha256', key).update('id-1.1796025600.{"type":"x"}').digest('base64')}`;
  });
  expect(headers).toEqual({
    'webhook-id': 'id-1',
    'webhook-timestamp': '1796025600',
    'webhook-signature': own.join(' '),
  });
});
