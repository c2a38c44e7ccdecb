/** Something that is waited for later, or not at all if something else fails before. */
export function inFlight<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
