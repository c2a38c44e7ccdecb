/** What versions ask of people, as the basis of a version's turn and of the work list. */
import { decisionFactsFrom } from '../../database/versions/facts';
import { waitingVersions } from '../../database/versions/work';
import type { DecisionFactsRow } from '../../database/versions/version-facts';
import { phaseOf, phases } from '../../phases';
import { NO_ASSIGNMENT, type VersionHeader, type Viewer } from '../../versioning/model';
import {
  askOf,
  asksOfVersion,
  expectedOfOwners,
  HAND_IN,
  type AnybodysFacts,
  type Asked,
  type Lineage,
  type Person,
} from '../../versioning/work';
import type { Context } from '../context';
import type { Loaders } from '../loaders';
import { asVersion, type Marked } from '../objects';
import type { Waiting, WorkRow } from './types';

/** Facts for nobody in particular: they do not depend on the viewer. */
const anybodysFacts = (phase: string, row: DecisionFactsRow, viewer: Viewer): AnybodysFacts =>
  decisionFactsFrom(phaseOf(phase), row, { viewer, assignment: NO_ASSIGNMENT });

const askedIn = (facts: AnybodysFacts, lineage: Lineage, people: readonly Person[]): Asked[] =>
  asksOfVersion(facts, lineage, people, phases);

/** Whose turn it is with a version: the people of the first thing it asks for; null if it asks for nothing. */
export async function turnOf({ loaders, viewer }: Context, version: Marked<VersionHeader>): Promise<Waiting | null> {
  const [facts, lineage, people] = await Promise.all([
    loaders.facts.load(version),
    loaders.lineage.load(version.versionId),
    loaders.people.load(version.streamId),
  ]);
  const asked = askedIn(anybodysFacts(version.phase, facts!, viewer), lineage!, people);
  const turn = asked.find(({ of }) => of.length > 0) ?? asked[0];
  return turn ? { version, asked: turn } : null;
}

/**
 * The viewer's work, and what waits for others, in the workflows they are assigned to; empty in the past, where nothing can be done. The
 * number of statements is constant; the number of versions read is that of unfinished ones in these workflows.
 */
async function workOf({ db, loaders, viewer, past }: Context): Promise<WorkRow[]> {
  if (past) return [];
  const waiting = await waitingVersions(db, viewer.userId);
  const people = await loaders.people.loadMany(waiting.map(({ streamId }) => streamId));
  const work: WorkRow[] = [];
  const expectedIn = new Set<string>();
  for (const [index, version] of waiting.entries()) {
    const there = people[index]!;
    if (there instanceof Error) throw there;
    const facts = anybodysFacts(version.phase, version.facts, viewer);
    const asks = askedIn(facts, version.lineage, there);
    const ask = askOf(viewer.userId, facts, asks);
    if (ask === null) continue;
    const asked = asks.find((one) => one.ask === ask) ?? asks.find(({ of }) => of.length > 0) ?? asks[0]!;
    const isExpected = asked.ask === HAND_IN;
    // An owner of several things hands in once for all of them.
    const owner = `${version.streamId} ${version.lineage.expectedOf}`;
    if (isExpected && expectedIn.has(owner)) continue;
    if (isExpected) expectedIn.add(owner);
    const phase = isExpected ? expectedOfOwners(phases)[0]!.key : version.phase;
    work.push({ version: asVersion(version), asked, ask, phase, place: version.place });
  }
  return work;
}

const known = new WeakMap<Loaders, Promise<WorkRow[]>>();

/** The same, read once per request. */
export function waitingWork(context: Context): Promise<WorkRow[]> {
  let work = known.get(context.loaders);
  if (!work) known.set(context.loaders, (work = workOf(context)));
  return work;
}
