/** What the API refused, or what kept it from being asked; `code` is the API's, or one of ours for what never reached it. */
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
