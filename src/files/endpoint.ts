/**
 * Files: a version's items as a workbook or CSV, an empty template of a phase, the changes in an edited file, and workpapers. This endpoint
 * is read-only: a client applies the changes it wants with `putItems`, in one commit.
 */
import type { ServerResponse } from 'node:http';
import { fullPhases } from '../phases';
import { slugOf } from '../phases/names';
import type { Context } from '../graphql/context';
import type { ApiAccess, ApiEndpoint } from '../transport/http/endpoint';
import { retryAfter, statusOfCode } from '../transport/errors/error-codes';
import { requireMethod, readBody, send, type ApiRequest } from '../transport/http/http';
import { badInput, notFound } from '../versioning/errors';
import { UUID } from '../uuid';
import { changesIn } from './changes';
import { asking, fileName, instantIn, Refused, ROOT, sendFile } from './asking';
import { documents, readVersion } from './document';
import type { FileDone, FileWork } from './files.worker';
import { formats, type FormatName } from './format';
import { exportAt, sendExport } from './pack/answer';
import { NoSheet, type ReadSheet, type Sheet } from './sheet';
import { sheetOf, templateOf } from './sheet-of-items';
import { sendWorkpaper, subjectAt } from './workpaper/answer';
import { questions } from './workpaper/questions';

const NAMES = Object.keys(formats).join('|');
const ofVersion = new RegExp(`^${ROOT}/versions/(${UUID})/items\\.(${NAMES})$`, 'i');
const ofPhase = new RegExp(`^${ROOT}/phases/([\\w-]+)/items\\.(${NAMES})$`, 'i');

/** Writes or reads a file in a worker thread. */
async function done<Done extends FileDone>(
  { work, userId }: Context,
  what: FileWork,
): Promise<Exclude<Done, { noSheet: string }>> {
  const answer = await work.files.run(userId, what).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
      return { noSheet: 'The file is too large to be read.' };
    throw error;
  });
  if ('noSheet' in answer) throw badInput(answer.noSheet);
  return answer as Exclude<Done, { noSheet: string }>;
}

async function sendSheet(context: Context, format: FormatName, name: string, sheet: Sheet, response: ServerResponse) {
  const bytes = await done<Uint8Array>(context, { format, write: sheet });
  sendFile(response, formats[format].mediaType, `${name}.${format}`, bytes);
}

async function answer(access: ApiAccess, api: ApiRequest, response: ServerResponse): Promise<void> {
  const { pathname, search, request } = api;
  const subject = subjectAt(pathname);
  if (subject) return sendWorkpaper(access, api, subject, response);
  const wanted = exportAt(pathname);
  if (wanted) return sendExport(access, api, wanted, response);
  const [, versionId, versionFormat] = ofVersion.exec(pathname) ?? [];
  const [, slug, phaseFormat] = ofPhase.exec(pathname) ?? [];
  const phase = slug === undefined ? undefined : fullPhases.find(({ key }) => slugOf(key) === slugOf(slug));
  const format = (versionFormat ?? phaseFormat)?.toLowerCase() as FormatName | undefined;
  if (format === undefined || (!versionId && !phase))
    throw notFound(
      `${pathname} (there are ${ROOT}/versions/{versionId}/items.xlsx and ${ROOT}/phases/{phase}/items.xlsx, and .csv, and workpaper.pdf of a version, a phase and a workflow)`,
    );
  requireMethod(request, versionId ? ['GET', 'POST'] : ['GET']);
  const body = request.method === 'POST' ? await readBody(request, access.bodyLimits.maxBodyBytes) : null;
  const context = await access.contextOf(api);
  if (phase) return sendSheet(context, format, slugOf(phase.key), templateOf(phase), response);
  const ask = asking(access, context);
  const at = instantIn(search);
  if (!body) {
    const version = await readVersion(ask, versionId!, at);
    const name = fileName(slugOf(version.phase.key), `version-${version.versionNumber}`, version.at);
    return sendSheet(context, format, name, sheetOf(version), response);
  }
  if (at !== undefined) throw badInput('The file contains the instant that it was made from: send it without `at`.');
  const sheet = await done<ReadSheet>(context, { format, read: body });
  send(response, 200, await changesIn(ask, versionId!.toLowerCase(), sheet));
}

export const filesEndpoint: ApiEndpoint = {
  path: ROOT,
  documents: new Set([...documents, ...Object.values(questions)]),
  handler: (access) => async (api, response) => {
    try {
      await answer(access, api, response);
    } catch (error) {
      if (error instanceof NoSheet) throw badInput(error.message);
      if (!(error instanceof Refused)) throw error;
      const { message, extensions } = error.error;
      send(
        response,
        statusOfCode(String(extensions?.code)),
        { errors: [{ message, extensions }] },
        retryAfter([extensions]),
      );
    }
  },
};
