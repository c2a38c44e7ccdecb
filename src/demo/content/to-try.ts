/** What each person of the demo can begin with, for somebody who sees it for the first time: what waits for them when it is loaded. */
import { people, type DemoUser } from './people';

const toTry: Readonly<Record<keyof typeof people, string>> = {
  ada: 'Finish the draft of Planning and submit it; review a document.',
  ben: 'Review a document; take back what waits for Olga, and change it.',
  olga: 'Review waiting versions: compare, approve, reject with a note; sign a report.',
  dan: 'Answer a tester’s request, hand in a document.',
  eve: 'Record who owns which data, and from when.',
  tess: 'Sign the test report, and approve it.',
  root: 'Manage people, reports and workflows.',
  aud: 'Trace a number to its commit; verify the log.',
};

/** The people of the demo as the sign-in page lists them. */
export const peopleToBe = Object.entries(people).map(([key, person]: [string, DemoUser]) => ({
  ...person,
  toTry: toTry[key as keyof typeof people],
}));
