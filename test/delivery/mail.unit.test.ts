/** Mail servers that are spoken to by TLS only, with certificates of an authority that nobody knows but whoever was told of it. */
import { Mailer } from '../../src/delivery/mail';
import { certificates } from './certificates';
import { MailServer, type MailTls } from './mail-server';

const { ca, key, cert } = certificates();
const stranger = certificates().ca;

/** What comes of sending a mail to a server. @param known the authority that the client was told of */
async function sent(tls: MailTls['from'] | null, known: string | null, more = '') {
  const mails = await MailServer.start(tls && { from: tls, key, cert });
  const url = `${mails.url.replace('smtp:', tls === 'the beginning' ? 'smtps:' : 'smtp:')}/?${new URLSearchParams(known === null ? '' : { 'tls.ca': known }).toString()}${more}`;
  const mailer = new Mailer({ smtpUrl: url, from: 'phaseledger@bank.example' });
  try {
    const { outcome, said } = await mailer.send('olga@bank.example', '1', { subject: 'One waits', text: 'It does.' });
    return { outcome, said, taken: mails.taken.map(({ to, text }) => [to, text.trim()]), asked: mails.asked };
  } finally {
    mailer.close();
    await mails.stop();
  }
}

test.each(['the beginning', 'STARTTLS'] as const)(
  'a server that takes mail by TLS from %s is sent it',
  async (from) => {
    expect(await sent(from, ca)).toEqual({
      outcome: 'delivered',
      said: 'it was taken',
      taken: [['olga@bank.example', 'It does.']],
      asked: 1,
    });
  },
);

test.each([
  ['the beginning', null],
  ['the beginning', stranger],
  ['STARTTLS', null],
  ['STARTTLS', stranger],
] as const)('one whose certificate nobody vouches for is told nothing: TLS from %s', async (from, known) => {
  const { outcome, taken, asked } = await sent(from, known);
  expect([outcome, taken, asked]).toEqual(['unreachable', [], 0]);
});

test('where TLS is demanded, a server that has none is told nothing', async () => {
  const { outcome, taken, asked } = await sent(null, null, '&requireTLS=true');
  expect([outcome === 'delivered', taken, asked]).toEqual([false, [], 0]);
  expect((await sent(null, null)).outcome).toBe('delivered');
});
