import { useQuery } from '@tanstack/react-query';
import { asOf } from '../../api/as-of';
import { send } from '../../api/client';
import { MoreItemsDocument, type ItemFragment, type MoreItemsQuery } from '../../generated/graphql';
import { useAt } from '../../shell/use-at';

interface FirstPage {
  versionId: string;
  revision: number;
  items: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: readonly ItemFragment[] };
}

/** All items of a version: those that came with it, and what a version of more than a thousand has besides. */
export function useItems(version: FirstPage | null | undefined): readonly ItemFragment[] {
  const { at } = useAt();
  const page = version?.items.pageInfo;
  const { data = [] } = useQuery({
    queryKey: ['items', version?.versionId, version?.revision, at],
    enabled: page?.hasNextPage === true,
    queryFn: async ({ signal }) => {
      const text = String(MoreItemsDocument);
      const found: ItemFragment[] = [];
      for (let after = page!.endCursor; after !== null;) {
        const variables = { versionId: version!.versionId, after, ...(at && { at }) };
        const { phaseVersion } = await send<MoreItemsQuery>(at ? asOf(text) : text, variables, signal);
        const { nodes = [], pageInfo } = phaseVersion?.items ?? {};
        found.push(...nodes);
        after = pageInfo?.hasNextPage ? pageInfo.endCursor : null;
      }
      return found;
    },
  });
  return data.length > 0 ? [...(version?.items.nodes ?? []), ...data] : (version?.items.nodes ?? []);
}
