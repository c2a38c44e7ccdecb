import { useAt } from '../shell/use-at';
import { Notice } from './Notices';

/** Instead of a page, if what it is about is not there for the viewer: who may not see it is told no more. In the past, it may not have been there yet. */
export function NotThere({ what }: { what: 'workflow' | 'version' }) {
  const { at } = useAt();
  const mayBeHidden =
    what === 'workflow'
      ? 'you may not be assigned to it.'
      : 'it may belong to a workflow that you are not assigned to.';
  return at ? (
    <Notice page title="It was not there yet">
      At that instant, this {what} did not exist yet, or {mayBeHidden}
    </Notice>
  ) : (
    <Notice page title={`There is no such ${what}`}>
      Its address may be incomplete, or {mayBeHidden}
    </Notice>
  );
}
