import * as t from '#text/version';
import { useSubscription } from '../../api/live';
import { VersionPresenceDocument, type PresenceActivity } from '../../generated/graphql';
import { Person } from '../../parts/atoms';
import { useViewer } from '../../shell/use-viewer';
import styles from './VersionTitle.module.css';

const words: Record<PresenceActivity, string> = {
  EDITING: t.isEditingThis,
  REVIEWING: t.isReviewingThis,
  VIEWING: t.isReadingThis,
};
/** The number of people shown; those who may change something come first. */
const SHOWN = 3;
const order: readonly PresenceActivity[] = ['EDITING', 'REVIEWING', 'VIEWING'];

/** Who else has the version open, and what they are doing; they see the same of the viewer. */
export function Present({ versionId, activity }: { versionId: string; activity: PresenceActivity }) {
  const me = useViewer()?.userId;
  const told = useSubscription(VersionPresenceDocument, { versionId, activity })?.versionPresence;
  const others = (told ?? [])
    .filter(({ user }) => user.userId !== me)
    .toSorted((a, b) => order.indexOf(a.activity) - order.indexOf(b.activity));
  if (others.length === 0) return null;
  return (
    <div>
      <dt>{t.alsoHere}</dt>
      <dd className={styles.present}>
        {others.slice(0, SHOWN).map(({ user, activity: does }) => (
          <span key={user.userId}>
            <Person name={user.name} /> {words[does]}
          </span>
        ))}
        {others.length > SHOWN && <span>{t.andOther(others.length - SHOWN)}</span>}
      </dd>
    </div>
  );
}
