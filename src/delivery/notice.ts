/** The text of a notification about waiting work: names and links, nothing of the content of versions. */
import { phaseOf } from '../phases';
import { listed } from '../versioning/rules';
import type { Ask } from '../versioning/work';

export interface NoticeEntry {
  readonly ask: Ask;
  /** The names of those who are asked instead of the reader; null if the reader is asked. */
  readonly others: readonly string[] | null;
  readonly phase: string;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly report: string;
  readonly cycle: string;
  readonly since: Date;
}

export interface Notice {
  readonly subject: string;
  readonly text: string;
}

/** Further entries are only counted; people read them in the work list. */
const SHOWN = 50;
/** The same for the people whom an entry waits for. */
const NAMED = 3;
const DAY = 86_400_000;

/** A name as one line of plain text without invisible characters. */
const plain = (name: string): string => name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();

const waitedFor = (since: Date, now: Date): string => {
  const days = Math.floor((now.getTime() - since.getTime()) / DAY);
  return days < 1 ? 'since today' : days === 1 ? 'for a day' : `for ${days} days`;
};
function whatIsAsked({ ask, others }: Pick<NoticeEntry, 'ask' | 'others'>): string {
  const what = ask.toLowerCase().replaceAll('_', ' ');
  if (others === null) return what;
  if (others.length === 0) return `nobody is left to ${what}`;
  const more = others.length - NAMED;
  const names = others.slice(0, NAMED).map(plain);
  return `waits for ${listed(more > 0 ? [...names, `${more} more`] : names)} to ${what}`;
}

/** @param publicUrl the address of the console; without it the text has no links */
export function noticeOf(entries: readonly NoticeEntry[], now: Date, publicUrl: string | undefined): Notice {
  const lines = entries
    .slice(0, SHOWN)
    .flatMap(({ phase, versionId, versionNumber, report, cycle, since, ...asked }) => [
      `- ${phaseOf(phase).title}, version ${versionNumber}, of ${plain(report)} (${plain(cycle)}): ${whatIsAsked(asked)}, ${waitedFor(since, now)}`,
      ...(publicUrl === undefined ? [] : [`  ${publicUrl}/v/${versionId}`]),
    ]);
  const more = entries.length - SHOWN;
  const [list, rules] =
    publicUrl === undefined ? ['My work', 'Notifications'] : [`${publicUrl}/`, `${publicUrl}/notifications`];
  const one = entries.length === 1;
  return {
    subject: `PhaseLedger: ${one ? 'one version waits' : `${entries.length} versions wait`}`,
    text: [
      ...lines,
      ...(more > 0 ? [`- and ${more} more`] : []),
      '',
      `Everything that waits for you: ${list}`,
      `You asked for this message. To change when it is sent, or to stop it: ${rules}`,
    ].join('\n'),
  };
}

/** The payload for chats like Slack and Teams, in which three characters must be escaped. */
export const chatBody = ({ subject, text }: Notice): string =>
  JSON.stringify({
    text: `${subject}\n${text}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  });
