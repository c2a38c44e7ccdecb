/** The places of the console that a text leads to. */
import { isUuid } from '../../../../src/uuid';
import type { FindWorkflowsQuery, Phase } from '../../generated/graphql';
import { phaseNames } from '#text/words';

export interface Place {
  readonly href: string;
  readonly name: string;
  readonly hint: string;
}
type Workflow = NonNullable<FindWorkflowsQuery['workflows']>['nodes'][number];

const pages: readonly Place[] = [
  { href: '/', name: 'My work', hint: 'what waits for you' },
  { href: '/workflows', name: 'Workflows', hint: 'where all of them stand' },
  { href: '/insights', name: 'Insights', hint: 'figures' },
  { href: '/verify', name: 'Verification', hint: 'whether the log verifies' },
  { href: '/notifications', name: 'Notifications', hint: 'when you are notified' },
  { href: '/help/README', name: 'Guides', hint: 'the day’s work of each role' },
];
const administration: Place = { href: '/admin/people', name: 'Administration', hint: 'people, cycles, reports' };

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
  if (isUuid(wanted)) return [{ href: `/v/${wanted}`, name: 'The version with this id', hint: wanted }];
  const { phases } = readText(text);
  const found = workflows.flatMap(({ report, cycle }): Place[] => {
    const href = `/w/${cycle.cycleId}/${report.reportId}`;
    const hint = `${report.number} · ${cycle.name}`;
    return phases.length > 0
      ? phases.map((phase) => ({ href: `${href}/${phase}`, name: `${phaseNames[phase]} of ${report.name}`, hint }))
      : [{ href, name: report.name, hint }];
  });
  const named = [...pages, ...(isAdministrator ? [administration] : [])].filter(({ name }) =>
    fold(wanted)
      .split(' ')
      .every((word) => startsSome(name, word)),
  );
  return wanted === '' ? [...found, ...named] : [...named, ...found];
}
