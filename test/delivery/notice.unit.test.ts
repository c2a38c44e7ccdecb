/** What a notification says: what waits, for whom, and nothing that a name could put in besides. */
import { noticeOf, type NoticeEntry } from '../../src/delivery/notice';

const now = new Date('2026-11-30T08:00:00Z');
const entry: NoticeEntry = {
  ask: 'DECIDE',
  others: null,
  phase: 'SCOPING',
  versionId: '019ad3f0-5c00-7000-8000-0000000000d1',
  versionNumber: 2,
  report: 'Credit cards',
  cycle: 'Fourth quarter',
  since: new Date('2026-11-18T08:00:00Z'),
};

test.each<[string, Partial<NoticeEntry>, string]>([
  ['who is asked is told what for', {}, 'decide, for 12 days'],
  [
    'who follows up is told whom it waits for',
    { others: ['Olga Petrenko'] },
    'waits for Olga Petrenko to decide, for 12 days',
  ],
  [
    'of many people three are named',
    { ask: 'REVIEW_DOCUMENT', others: ['Ada', 'Ben', 'Dan', 'Eve', 'Tess'] },
    'waits for Ada, Ben, Dan and 2 more to review document, for 12 days',
  ],
  ['where nobody is left, that is said', { others: [] }, 'nobody is left to decide, for 12 days'],
  ['a name is one line', { others: ['Olga\nBcc: x'] }, 'waits for Olga Bcc: x to decide, for 12 days'],
])('%s', (_, more, said) => {
  const { text } = noticeOf([{ ...entry, ...more }], now, 'https://review.bank.example');
  expect(text.split('\n').slice(0, 2)).toEqual([
    `- Scoping, version 2, of Credit cards (Fourth quarter): ${said}`,
    `  https://review.bank.example/v/${entry.versionId}`,
  ]);
});
