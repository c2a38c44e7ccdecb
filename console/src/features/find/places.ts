/** The places of the console that a text leads to. */
import * as common from '#text/common';
import * as t from '#text/find';
import { phaseNames } from '#text/words';
import { isUuid } from '../../../../src/uuid';
import type { FindWorkflowsQuery, Phase } from '../../generated/graphql';

export interface Place {
  readonly href: string;
  readonly name: string;
  readonly hint: string;
}
type Workflow = NonNullable<FindWorkflowsQuery['workflows']>['nodes'][number];

const pages: readonly Place[] = [
  { href: '/', name: common.myWork, hint: t.whatWaitsForYou },
  { href: '/workflows', name: common.workflows, hint: t.whereAllOfThemStand },
  { href: '/insights', name: common.insights, hint: t.figures },
  { href: '/verify', name: common.verification, hint: t.whetherTheLogVerifies },
  { href: '/notifications', name: common.notifications, hint: common.whenYouAreNotified },
  { href: '/help/README', name: common.guides, hint: t.theDaysWorkOfEach },
];
const administration: Place = { href: '/admin/people', name: t.administration, hint: t.peopleCyclesReports };

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();
const startsSome = (name: string, word: string): boolean =>
  fold(name)
    .split(' ')
    .some((part) => part.startsWith(word));

/** What a text asks for: "cards scoping" is the phase Scoping of workflows that have “cards” in their name. */
export function readText(text: string): { search: string; phases: readonly Phase[] } {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const last = words.at(-1);
  const phases =
    last === undefined || last.length < 3
      ? []
      : (Object.keys(phaseNames) as Phase[]).filter((phase) => startsSome(phaseNames[phase], last));
  return { search: (phases.length > 0 ? words.slice(0, -1) : words).join(' '), phases };
}

/**
 * The places for a text, the likeliest first.
 * @param workflows those that the API found for the search
 */
export function placesFor(text: string, workflows: readonly Workflow[], isAdministrator: boolean): Place[] {
  const wanted = text.trim();
  if (isUuid(wanted)) return [{ href: `/v/${wanted}`, name: t.theVersionWithThisId, hint: wanted }];
  const { phases } = readText(text);
  const found = workflows.flatMap(({ report, cycle }): Place[] => {
    const href = `/w/${cycle.cycleId}/${report.reportId}`;
    const hint = `${report.number} · ${cycle.name}`;
    return phases.length > 0
      ? phases.map((phase) => ({
          href: `${href}/${phase}`,
          name: t.phaseOfReport(phaseNames[phase], report.name),
          hint,
        }))
      : [{ href, name: report.name, hint }];
  });
  const named = [...pages, ...(isAdministrator ? [administration] : [])].filter(({ name }) =>
    fold(wanted)
      .split(' ')
      .every((word) => startsSome(name, word)),
  );
  return wanted === '' ? [...found, ...named] : [...named, ...found];
}
