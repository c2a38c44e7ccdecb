import { useApi } from '../api/client';
import { useToken } from '../api/use-watched';
import { ViewerDocument } from '../generated/graphql';

/** The signed-in person. */
export function useViewer() {
  const token = useToken();
  const { data } = useApi(ViewerDocument, {}, { now: true, enabled: token !== null, staleTime: Infinity });
  return data?.viewer ?? undefined;
}
