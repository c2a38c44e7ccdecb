import * as t from '#text/parts';
import { nouns } from '#text/words';
import { useAt } from '../shell/use-at';
import { Notice } from './Notices';

/** Instead of a page, if what it is about is not there for the viewer: who may not see it is told no more. In the past, it may not have been there yet. */
export function NotThere({ what }: { what: 'workflow' | 'version' }) {
  const { at } = useAt();
  const mayBeHidden = what === 'workflow' ? t.youMayNotBeAssigned : t.mayBeOfAnotherWorkflow;
  return at ? (
    <Notice page title={t.itWasNotThereYet}>
      {t.atThatInstantThisDid(nouns[what][0], mayBeHidden)}
    </Notice>
  ) : (
    <Notice page title={t.thereIsNoSuch(nouns[what][0])}>
      {t.itsAddressMayBeIncomplete(mayBeHidden)}
    </Notice>
  );
}
