/** Subscriptions to presence: who has a version open. Presence is not stored in the log, since nothing was done. */
import { activities, MAX_PRESENT, type Activity, type PresentRow } from '../../database/live/presences';
import { notFound } from '../../versioning/errors';
import type { Context } from '../context';
import { a, addFields, objectType, optional, subscriptions, streamed } from '../declare';
import { enumOf } from '../enums';
import { toUser } from '../people/types';
import { versionById } from '../visibility';

const PresenceActivityEnum = enumOf(
  'PresenceActivity',
  activities,
  'What somebody states that they are doing with an open version. It neither grants nor restricts anything.',
);

const Presence = objectType<PresentRow>(
  'Presence',
  'Somebody who has a version open at the moment; one entry per person. It is not stored, and not a commit.',
  {
    activity: a.of(
      'What they state that they are doing; of several activities, the first of EDITING, REVIEWING, VIEWING.',
      () => PresenceActivityEnum,
    ),
    since: a.instant('Since when they have had it open without a break.'),
  },
);
addFields(Presence, { user: toUser('Who it is.', 'userId') });

subscriptions({
  versionPresence: streamed(
    `Who has a version open, at whichever server: now, and whenever that changes, at most once a second. Whoever follows it with an \`activity\` is among them, for as long as the connection lives; to change the activity, begin another subscription and end this one. ${MAX_PRESENT} are shown at most, those who came first. It ends with NOT_FOUND if the viewer may no longer see the version, and with UNAUTHENTICATED when the token has expired.`,
    () => [Presence],
    {
      versionId: a.uuid('The version.'),
      activity: optional.of<Activity>(
        'What the viewer is doing with it, shown to others. If omitted, the viewer is informed without being shown.',
        () => PresenceActivityEnum,
      ),
    },
    async (context, { versionId, activity }) => {
      const requireVisible = async (now: Context) => {
        if (!(await versionById(now, versionId))) throw notFound(`Version ${versionId}`);
      };
      await requireVisible(context);
      let shown: readonly PresentRow[] | null = null;
      return context.followers!.presences.follow(
        versionId,
        context.userId,
        activity ?? null,
        (present) => async (now) => {
          await requireVisible(now);
          if (present === shown) return null;
          shown = present;
          return present;
        },
      );
    },
  ),
});
