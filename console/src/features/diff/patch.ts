import { asOf } from '../../api/as-of';
import { send } from '../../api/client';
import { PatchDocument, type PatchQuery, type PatchQueryVariables } from '../../generated/graphql';

/** The complete diff as a JSON patch (RFC 6902), read as of the page's instant, if it has one. */
export async function readPatch(asked: PatchQueryVariables, at: string | undefined): Promise<unknown> {
  const text = String(PatchDocument);
  const { phaseVersion } = await send<PatchQuery>(at ? asOf(text) : text, { ...asked, ...(at && { at }) });
  return phaseVersion?.diff?.patch;
}
