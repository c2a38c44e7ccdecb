/** Marks a promise that is awaited later, or never if something else fails first, so that its rejection does not count as unhandled. */
export function inFlight<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
