/**
 * Tries every operation on a version, as everybody, and compares the results with a table; or only some combinations, chosen so that every
 * two of state, operation and person meet.
 */
import { StandingDocument, type StandingQuery } from '../generated/graphql';
import { itemKeys, type BuiltVersion } from './builders';
import type { Cast, Member } from './cast';
import { attempt, attemptAll, type Deed } from './deeds';
import { again } from './situations';
import type { World } from './world';

type Requirements = NonNullable<StandingQuery['phaseVersion']>['approvalRequirements'];

export interface Matrix<D extends Deed> {
  readonly phase: string;
  readonly cast: Cast;
  readonly deeds: readonly D[];
  /** Which combinations are tried; all if omitted. `place` is the state's index among the states. */
  readonly tried?: { readonly place: number; readonly oneIn: number };
  /** The version for operations that must be rejected: one for all of them, since a rejection leaves nothing behind … */
  readonly version: BuiltVersion;
  /** … and a fresh one like it for each operation that is accepted. */
  readonly fresh: () => Promise<BuiltVersion>;
  readonly answer: (deed: D, member: Member) => string;
  /** The actions that a person is offered; null if the version does not exist for them. */
  readonly offered: (member: Member) => readonly string[] | null;
  /** What the version says of its approval to somebody who sees it. */
  readonly explained: (requirements: Requirements, member: Member) => void;
}

export async function tryEverything<D extends Deed>(world: World, matrix: Matrix<D>): Promise<void> {
  const { phase, version, fresh, tried = { place: 0, oneIn: 1 } } = matrix;
  const { versionId } = version;
  const nameOf = ({ mutation, action, role }: D) => `${mutation} (${action}${role ? ` as ${role}` : ''})`;
  const everybody = Object.entries(matrix.cast).map(([person, member], place) => {
    const deeds = matrix.deeds.filter((_, n) => (n + place + tried.place) % tried.oneIn === 0);
    const wanted = new Map(deeds.map((deed) => [deed, matrix.answer(deed, member)]));
    const found: Record<string, string> = {};
    return { person, member, wanted, found };
  });
  const [itemKey] = await itemKeys(world, versionId);
  const before = await again(world, versionId);

  await Promise.all(
    everybody.map(async ({ person, member, wanted, found }) => {
      if (member.userId !== null) {
        const { phaseVersion: seen } = await world.run(member.userId, StandingDocument, { versionId });
        expect([person, seen && [...seen.availableActions].sort()]).toEqual([person, matrix.offered(member)]);
        if (seen) matrix.explained(seen.approvalRequirements, member);
      }
      const refused = [...wanted.keys()].filter((deed) => wanted.get(deed) !== 'accepted');
      const answers = await attemptAll(world, refused, member.userId, version, phase, itemKey);
      for (const [n, deed] of refused.entries()) found[nameOf(deed)] = answers[n]!;
    }),
  );
  expect(await again(world, versionId)).toEqual(before);

  for (const { member, wanted, found } of everybody)
    for (const [deed, answer] of wanted)
      if (answer === 'accepted') {
        const another = await fresh();
        const [key] = deed.needsItem ? await itemKeys(world, another.versionId) : [];
        found[nameOf(deed)] = await attempt(world, deed, member.userId, another, phase, key);
      }
  for (const { person, wanted, found } of everybody)
    expect([person, found]).toEqual([
      person,
      Object.fromEntries([...wanted].map(([deed, answer]) => [nameOf(deed), answer])),
    ]);
}
