/** The actions on records of audit-only phases: a record is acted on through its latest version, by the phase's own commands. */
import { fourEyes, only, preparer } from './acting';
import { cycleIsOpen } from './cycle';
import { notTheLatest } from './errors';
import type { JsonObject } from './model';
import type { CommandDeclaration } from './phase';
import { listed, verdict, type FullFacts, type RecordDecisionFacts, type Rule } from './rules';

const nameOf = ({ phase, version }: RecordDecisionFacts): string =>
  `Version ${version.versionNumber} of this ${phase.title} record`;

const latestOfRecord: Rule<RecordDecisionFacts> = (facts) => {
  const isLatest = facts.version.status === 'RECORDED';
  return verdict(isLatest, `${nameOf(facts)} is ${isLatest ? '' : 'not '}its latest.`, [], () =>
    notTheLatest(facts.version.versionNumber, facts.current!),
  );
};

const notReplaced: Rule<RecordDecisionFacts> = (facts) =>
  verdict(
    !facts.isReplaced,
    facts.isReplaced ? 'Another record took its place.' : 'No other record took its place.',
    [],
    'INVALID_TRANSITION',
    'Another record took the place of this one. Act on that.',
  );

/** Whether a record is in the state that the command takes. */
export const isTakenBy = ({ takes }: CommandDeclaration, content: JsonObject): boolean =>
  !takes || content[takes.field] === takes.value;

const acceptedBy =
  (command: CommandDeclaration): Rule<RecordDecisionFacts> =>
  (facts) => {
    const refused = isTakenBy(command, facts.content) ? null : command.takes!.otherwise;
    return verdict(
      refused === null,
      refused ?? `${nameOf(facts)} can take it.`,
      [],
      'INVALID_TRANSITION',
      `${nameOf(facts)} does not take this: ${refused}.`,
    );
  };

export const rulesOfCommand = (command: CommandDeclaration): readonly Rule<RecordDecisionFacts>[] => [
  only<RecordDecisionFacts>((phase) => command.by ?? phase.preparedBy, 'change records of'),
  latestOfRecord,
  notReplaced,
  acceptedBy(command),
  ...(command.start ? [cycleIsOpen] : []),
  ...(command.isReview ? [fourEyes] : []),
];

/** Versions of audit-only phases have no drafts to edit, submit or decide. */
export const notDrafted: readonly Rule<RecordDecisionFacts>[] = [
  only<RecordDecisionFacts>((phase) => phase.preparedBy, 'change records of'),
  ({ phase }) =>
    verdict(
      false,
      `${phase.title} is recorded, not drafted.`,
      [],
      'INVALID_TRANSITION',
      `${phase.title} is recorded, not drafted. Use ${listed(Object.keys(phase.commands), 'or')}.`,
    ),
];

/** Drafts take no commands of audit-only phases. */
export const notRecorded: readonly Rule<FullFacts>[] = [
  preparer('change'),
  ({ phase }) =>
    verdict(
      false,
      `${phase.title} is drafted, not recorded.`,
      [],
      'INVALID_TRANSITION',
      `${phase.title} is drafted, not recorded.`,
    ),
];
