import { signedIn } from '../../api/client';
import { ask, readJson } from '../../api/fetch-json';
import { download as take } from '../../api/download';
import type { Json } from '../../parts/value';

export type Format = 'xlsx' | 'csv';

const pathOf = (versionId: string, format: Format): string => `/files/versions/${versionId}/items.${format}`;

/** Downloads a version's items as a file, at the instant of the page if it has one. */
export const download = (versionId: string, format: Format, at?: string): Promise<void> =>
  take(`${pathOf(versionId, format)}${at ? `?at=${encodeURIComponent(at)}` : ''}`, `items.${format}`);

interface Place {
  readonly row: number;
  readonly itemKey: string;
  readonly label: string;
}

export interface Conflict extends Place {
  readonly cell: string | null;
  /** Null if the item was removed in the meantime. */
  readonly field: string | null;
  readonly path: string;
  readonly base: Json;
  readonly now: Json;
  readonly yours: Json;
}

type Change = Readonly<Record<string, Json>>;
type Members = Readonly<Record<string, readonly Change[]>>;

/** The changes of an edited file; see docs/files.md. */
export interface FileChanges {
  readonly versionId: string;
  readonly expectedRevision: number;
  readonly madeAt: string | null;
  readonly unchanged: number;
  readonly changed: readonly (Place & { readonly fields: Readonly<Record<string, { now: Json; yours: Json }>> })[];
  readonly added: readonly { readonly row: number; readonly content: Readonly<Record<string, Json>> }[];
  readonly conflicts: readonly Conflict[];
  readonly invalid: readonly { row: number; cell: string | null; column: string; problem: string }[];
  readonly notTaken: readonly string[];
  readonly notInFile: number;
  readonly member: string;
  readonly putItems: { readonly items?: Members; readonly changes?: Members } | null;
}

/** Asks the server what an edited file would change; nothing is written. */
export const changesOf = (versionId: string, file: File): Promise<FileChanges> =>
  signedIn(async (headers) => {
    const format: Format = /\.xlsx$/i.test(file.name) ? 'xlsx' : 'csv';
    const response = await ask(pathOf(versionId, format), {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: file,
    });
    return readJson<FileChanges>(response);
  });

/** The changes to send: all that are clear, and of the conflicts those for which the file was chosen. */
export function inputOf(file: FileChanges, taken: readonly Conflict[]) {
  const { versionId, expectedRevision, member, putItems } = file;
  const changes = new Map((putItems?.changes?.[member] ?? []).map((change) => [change.itemKey as string, change]));
  for (const { itemKey, field, yours } of taken)
    if (field !== null) changes.set(itemKey, { ...(changes.get(itemKey) ?? { itemKey }), [field]: yours });
  return {
    versionId,
    expectedRevision,
    ...(putItems?.items && { items: putItems.items }),
    ...(changes.size > 0 && { changes: { [member]: [...changes.values()] } }),
  };
}
