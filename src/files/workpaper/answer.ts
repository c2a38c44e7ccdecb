/** Workpapers over HTTP: for a version, a workflow, or one of its phases, as of any instant. */
import type { ServerResponse } from 'node:http';
import { phases } from '../../phases';
import { phasesByName, slugOf } from '../../phases/names';
import type { Context } from '../../graphql/context';
import type { ApiAccess } from '../../transport/http/endpoint';
import { requireMethod, type ApiRequest } from '../../transport/http/http';
import { UUID } from '../../uuid';
import { DomainError, notFound } from '../../versioning/errors';
import { asking, fileName, instantIn, ROOT, sendFile } from '../asking';
import type { Paper } from './paper';
import { readPaper, type Subject } from './read';

const ofVersion = new RegExp(`^${ROOT}/versions/(${UUID})/workpaper\\.pdf$`, 'i');
const ofWorkflow = new RegExp(`^${ROOT}/workflows/(${UUID})/(${UUID})(?:/phases/([\\w-]+))?/workpaper\\.pdf$`, 'i');
const phaseNamed = phasesByName([]);

/** The subject of a workpaper's path; null for any other path. */
export function subjectAt(pathname: string): Subject | null {
  const [, versionId] = ofVersion.exec(pathname) ?? [];
  if (versionId !== undefined) return { versionId };
  const [, cycleId, reportId, slug] = ofWorkflow.exec(pathname) ?? [];
  if (cycleId === undefined || reportId === undefined) return null;
  if (slug === undefined) return { cycleId, reportId };
  const phase = phaseNamed(slug);
  if (phase === undefined)
    throw notFound(`The phase ${slug} (they are ${phases.map(({ key }) => slugOf(key)).join(', ')})`);
  return { cycleId, reportId, phase };
}

const nameOf = (paper: Paper): string => {
  const { report, cycle } = paper.workflow;
  const what =
    paper.of === 'VERSION'
      ? [slugOf(paper.version.phase), `version-${paper.version.versionNumber}`]
      : paper.of === 'PHASE'
        ? [slugOf(paper.phase.phase)]
        : ['workflow'];
  return `${fileName('workpaper', report.number, slugOf(cycle.name), ...what, paper.at)}.pdf`;
};

/** Typesets a paper in a worker thread. */
export async function setAside({ work, userId }: Context, paper: Paper): Promise<Uint8Array> {
  return work.papers.run(userId, paper).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
    throw new DomainError(
      'LIMIT_EXCEEDED',
      'The workpaper is too large to be typeset. Ask for a workpaper of each phase, or of each version.',
    );
  });
}

export async function sendWorkpaper(access: ApiAccess, api: ApiRequest, subject: Subject, response: ServerResponse) {
  requireMethod(api.request, ['GET']);
  const at = instantIn(api.search);
  const context = await access.contextOf(api);
  const paper = await readPaper(asking(access, context), access.schema, subject, at);
  sendFile(response, 'application/pdf', nameOf(paper), await setAside(context, paper));
}
