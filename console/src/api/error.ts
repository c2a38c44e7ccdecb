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
