import { getRouteApi } from '@tanstack/react-router';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { ReviewDesk } from './ReviewDesk';
import { useReview } from './use-review';

const route = getRouteApi('/v/$versionId/review');

/** The review page: what is left to decide, and the content of each item. */
export default function ReviewPage() {
  const { versionId } = route.useParams();
  const review = useReview(versionId);
  const { query, version } = review;
  if (query.error && !query.data) return <Failure page error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Waiting page rows={16} />;
  if (!version)
    return (
      <Notice page title="There is no such version">
        It may belong to a workflow that you are not assigned to, or may not have existed at that instant.
      </Notice>
    );
  return <ReviewDesk version={version} review={review} />;
}
