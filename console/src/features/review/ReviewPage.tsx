import { getRouteApi } from '@tanstack/react-router';
import { Failure, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
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
  if (!version) return <NotThere what="version" />;
  return <ReviewDesk version={version} review={review} />;
}
