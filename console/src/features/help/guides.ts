import type { UserRole } from '../../generated/graphql';

/** The guides of docs/guide, by file name, with what the console calls them. */
export const guideNames = {
  README: 'For everybody',
  tester: 'A tester’s day',
  'report-owner': 'A report owner’s day',
  'data-owner': 'A data owner’s day',
  executives: 'The executives’ day',
  auditor: 'An auditor’s day',
  administrator: 'An administrator’s day',
} as const;
export type Guide = keyof typeof guideNames;
export const isGuide = (name: string): name is Guide => name in guideNames;

const byRole: Record<UserRole, Guide> = {
  TESTER: 'tester',
  REPORT_OWNER: 'report-owner',
  DATA_OWNER: 'data-owner',
  DATA_EXECUTIVE: 'executives',
  TEST_EXECUTIVE: 'executives',
  AUDITOR: 'auditor',
  ADMIN: 'administrator',
};
/** The guides for somebody's roles. */
export const guidesFor = (roles: readonly UserRole[]): readonly Guide[] => [
  ...new Set(roles.map((role) => byRole[role])),
];

/** A heading of a guide. */
export interface Section {
  readonly guide: Guide;
  readonly heading: string;
}
/** What is written about a page, by its address; the first that fits. */
const sections: readonly (readonly [on: RegExp, guide: Guide, heading: string])[] = [
  [/[?&]at=/, 'auditor', 'Read the past'],
  [/^\/v\/[^/]+\/review\b/, 'report-owner', 'Decide what waits'],
  [/^\/v\/[^/]+\/(diff|against)\b/, 'report-owner', 'Compare'],
  [/^\/v\/[^/]+\/sign\b/, 'report-owner', 'Sign the report'],
  [/^\/v\/[^/]+\/merge\b/, 'tester', 'Take in what came into force meanwhile'],
  [/^\/v\//, 'tester', 'Prepare a version'],
  [/^\/w\/.*\/log\b/, 'auditor', 'Trace a number to its commit'],
  [/^\/w\/.*\/DATA_OWNER_ID\b/, 'executives', 'Data executive: who owns which data'],
  [/^\/w\/.*\/(REQUEST_INFO|TEST_EXECUTION)\b/, 'data-owner', 'Hand in a document, answer a request'],
  [/^\/w\//, 'tester', 'Prepare a version'],
  [/^\/verify\b/, 'auditor', 'Verify the log'],
  [/^\/admin\/webhooks\b/, 'administrator', 'Tell other systems'],
  [/^\/admin\b/, 'administrator', 'Change what there is'],
];
export const allSections: readonly Section[] = sections.map(([, guide, heading]) => ({ guide, heading }));
/** The section about the page at an address, if there is one. */
export function sectionOn(href: string): Section | undefined {
  const [, guide, heading] = sections.find(([on]) => on.test(href)) ?? [];
  return guide && heading ? { guide, heading } : undefined;
}
