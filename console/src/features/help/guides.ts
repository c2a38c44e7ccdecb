import * as t from '#text/help';
import type { UserRole } from '../../generated/graphql';

/** The guides of docs/guide, by file name, with what the console calls them. */
export const guideNames = {
  README: t.forEverybody,
  tester: t.aTestersDay,
  'report-owner': t.aReportOwnersDay,
  'data-owner': t.aDataOwnersDay,
  executives: t.theExecutivesDay,
  auditor: t.anAuditorsDay,
  administrator: t.anAdministratorsDay,
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
  [/[?&]at=/, 'auditor', t.readThePast],
  [/^\/v\/[^/]+\/review\b/, 'report-owner', t.decideWhatWaits],
  [/^\/v\/[^/]+\/(diff|against)\b/, 'report-owner', t.compare],
  [/^\/v\/[^/]+\/sign\b/, 'report-owner', t.signTheReport],
  [/^\/v\/[^/]+\/merge\b/, 'tester', t.takeInWhatCameInto],
  [/^\/v\//, 'tester', t.prepareAVersion],
  [/^\/w\/.*\/log\b/, 'auditor', t.traceANumberToIts],
  [/^\/w\/.*\/DATA_OWNER_ID\b/, 'executives', t.dataExecutiveWhoOwnsWhich],
  [/^\/w\/.*\/(REQUEST_INFO|TEST_EXECUTION)\b/, 'data-owner', t.handInADocumentAnswer],
  [/^\/w\//, 'tester', t.prepareAVersion],
  [/^\/verify\b/, 'auditor', t.verifyTheLog],
  [/^\/admin\/webhooks\b/, 'administrator', t.tellOtherSystems],
  [/^\/admin\b/, 'administrator', t.changeWhatThereIs],
];
export const allSections: readonly Section[] = sections.map(([, guide, heading]) => ({ guide, heading }));
/** The section about the page at an address, if there is one. */
export function sectionOn(href: string): Section | undefined {
  const [, guide, heading] = sections.find(([on]) => on.test(href)) ?? [];
  return guide && heading ? { guide, heading } : undefined;
}
