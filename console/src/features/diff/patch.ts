import { asOf } from '../../api/as-of';
import { send } from '../../api/client';
import { PatchDocument, type PatchQuery, type PatchQueryVariables } from '../../generated/graphql';

/** The whole difference as a JSON patch (RFC 6902), to take away; read at the instant of the page, if it has one. */
export async function download(
  { phase, versionNumber }: { phase: string; versionNumber: number },
  from: number,
  asked: PatchQueryVariables,
  at: string | undefined,
): Promise<void> {
  const text = String(PatchDocument);
  const { phaseVersion } = await send<PatchQuery>(at ? asOf(text) : text, { ...asked, ...(at && { at }) });
  const link = document.createElement('a');
  const patch = JSON.stringify(phaseVersion?.diff?.patch, null, 2);
  link.href = URL.createObjectURL(new Blob([patch], { type: 'application/json-patch+json' }));
  link.download = `${phase.toLowerCase()}-${from}-${versionNumber}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
