import { asOf } from '../../api/as-of';
import { send } from '../../api/client';
import { PatchDocument, type PatchQuery, type PatchQueryVariables } from '../../generated/graphql';
import { save } from '../../parts/save';

/** Downloads the whole difference as a JSON Patch (RFC 6902), at the instant of the page if it has one. */
export async function download(
  { phase, versionNumber }: { phase: string; versionNumber: number },
  from: number,
  asked: PatchQueryVariables,
  at: string | undefined,
): Promise<void> {
  const text = String(PatchDocument);
  const { phaseVersion } = await send<PatchQuery>(at ? asOf(text) : text, { ...asked, ...(at && { at }) });
  const patch = JSON.stringify(phaseVersion?.diff?.patch, null, 2);
  save(
    `${phase.toLowerCase()}-${from}-${versionNumber}.json`,
    new Blob([patch], { type: 'application/json-patch+json' }),
  );
}
