/** Reads all items of a version for a file, at one instant, with the rights of the requester. */
import { fullPhases } from '../phases';
import { badInput, notFound } from '../versioning/errors';
import type { JsonObject, VersionStatus } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';

/** Queries the API; throws its refusals. */
export type Ask = (document: string, variables: Readonly<Record<string, unknown>>) => Promise<unknown>;

export interface FileItem {
  readonly itemKey: string;
  readonly label: string;
  readonly reviewStatus: string;
  readonly contentHash: string;
  readonly content: JsonObject;
}

export interface VersionFile {
  readonly phase: FullPhase;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly masterRecordId: string;
  readonly status: VersionStatus;
  readonly revision: number;
  readonly report: string;
  readonly cycle: string;
  /** The instant at which everything was read; by default that of the workflow's last commit. */
  readonly at: string;
  readonly items: readonly FileItem[];
}

const LATEST = `query LatestChangeOfVersion($versionId: UUID!) {
  phaseVersion(versionId: $versionId) { versionId workflow { lastChange { committedAt } } }
}`;

const PAGE = `query ItemsForFile($versionId: UUID!, $at: DateTime!, $after: String) {
  phaseVersion(versionId: $versionId, asOf: $at) {
    phase
    versionId
    versionNumber
    masterRecordId
    status
    revision
    workflow { report { name } cycle { name } }
    items(first: 1000, after: $after) {
      nodes { itemKey label reviewStatus contentHash content }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

export const documents: ReadonlySet<string> = new Set([LATEST, PAGE]);

interface Latest {
  readonly phaseVersion: {
    readonly workflow: { readonly lastChange: { readonly committedAt: Date } | null } | null;
  } | null;
}
interface Page {
  readonly phaseVersion:
    | (Omit<VersionFile, 'phase' | 'items' | 'at' | 'report' | 'cycle'> & {
        readonly phase: string;
        readonly workflow: {
          readonly report: { readonly name: string };
          readonly cycle: { readonly name: string };
        } | null;
        readonly items: {
          readonly nodes: readonly FileItem[];
          readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        };
      })
    | null;
}

const unknown = (versionId: string) => notFound(`Version ${versionId}`);

/** The instant of the workflow's last commit. As of it, everything is in its current state, and stays so however long reading takes. */
export async function lastInstant(ask: Ask, versionId: string): Promise<string> {
  const { phaseVersion } = (await ask(LATEST, { versionId })) as Latest;
  if (!phaseVersion) throw unknown(versionId);
  return phaseVersion.workflow!.lastChange!.committedAt.toISOString();
}

/** @param instant the present if omitted */
export async function readVersion(ask: Ask, versionId: string, instant?: string): Promise<VersionFile> {
  const at = instant ?? (await lastInstant(ask, versionId));
  const items: FileItem[] = [];
  for (let after: string | null = null; ;) {
    const { phaseVersion } = (await ask(PAGE, { versionId, at, after })) as Page;
    if (!phaseVersion) throw unknown(versionId);
    const { phase: key, workflow, items: page, ...version } = phaseVersion;
    items.push(...page.nodes);
    after = page.pageInfo.endCursor;
    if (page.pageInfo.hasNextPage) continue;
    const phase = fullPhases.find((each) => each.key === key);
    if (!phase) throw badInput('Versions of this phase have no items. Read the version itself.');
    return { ...version, phase, at, items, report: workflow!.report.name, cycle: workflow!.cycle.name };
  }
}
