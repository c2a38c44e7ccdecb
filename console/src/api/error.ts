/** A refusal by the API, or a failure to reach it. `code` is the API's code, or one of the console's for failures on the way. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export const codeOf = (error: unknown): string => (error instanceof ApiError ? error.code : 'UNKNOWN');
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** In how many seconds the server wants to be asked again, if it said so. */
export const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof ApiError ? Number(error.details.retryAfter) || undefined : undefined;

const onTheWay = ['OFFLINE', 'UNREACHABLE', 'INTERNAL_SERVER_ERROR'];
/** Whether a command may have been done although it failed: its answer was lost, or the server does not know either. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  !(error instanceof ApiError) || onTheWay.includes(error.code) || error.details.outcome === 'UNKNOWN';
