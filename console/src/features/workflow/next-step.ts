import { anyOf, capital, nouns, phaseNames, recordNames, roleName } from '#text/words';
import * as t from '#text/workflow';
import type { PhaseRowFragment } from '../../generated/graphql';
import { turnOf, type People } from '../turn';

export interface NextStep {
  what: string;
  /** The version that the step concerns. */
  version?: { versionId: string; versionNumber: number };
  /** Whether the step concerns records, which the phase lists. */
  isListed?: boolean;
  who: string[];
  /** Who can do it, if nobody is asked in person. */
  roles?: string;
  since?: string;
}

/** The next step of a phase, whose turn it is and since when; an empty text if there is nothing to do. */
export function nextStep(row: PhaseRowFragment, people: People): NextStep {
  const open = row.open.nodes[0];
  if (open) {
    const { who, since, why } = turnOf(open);
    return { what: why, version: open, who, since };
  }
  const roles = capital(anyOf(row.config.creatorRoles.map(roleName)));
  const noun = recordNames[row.phase] ?? nouns.record;
  const unread = row.records.nodes.filter(
    (record) => 'submissionStatus' in record && record.submissionStatus === 'PENDING_REVIEW',
  );
  const unanswered = row.records.nodes.filter((record) => 'respondedAt' in record && record.respondedAt === null);
  if (unread.length > 0) {
    const lead = people.testLead ?? people.testers[0];
    return {
      what: t.toReview(unread.length, noun),
      isListed: true,
      who: lead ? [lead.name] : [],
      since: oldest(unread),
    };
  }
  if (unanswered.length > 0)
    return {
      what: t.toAnswer(unanswered.length, noun),
      isListed: true,
      who: [],
      roles,
      since: oldest(unanswered),
    };
  if (row.progress === 'BLOCKED')
    return { what: t.afterBlockedBy(row.blockedBy.map((phase) => phaseNames[phase])), who: [] };
  if (row.progress === 'READY') return { what: t.canBeStarted, who: [], roles };
  return { what: '', who: [] };
}

const oldest = (records: readonly { createdAt: string }[]) => records.map((record) => record.createdAt).sort()[0]!;
