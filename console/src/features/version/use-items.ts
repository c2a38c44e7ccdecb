import { useRest } from '../../api/use-rest';
import { MoreItemsDocument, type ItemFragment } from '../../generated/graphql';

interface FirstPage {
  versionId: string;
  revision: number;
  items: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: readonly ItemFragment[] };
}

/** All items of a version: the first thousand come with it, the rest are loaded afterwards. */
export const useItems = (version: FirstPage | null | undefined): readonly ItemFragment[] =>
  useRest(
    version?.items,
    MoreItemsDocument,
    { versionId: version?.versionId ?? '' },
    version?.revision,
    (more) => more.phaseVersion?.items,
  );
