/**
 * Commands that take effect once, however often they are sent. Each is sent with an idempotency key. As long as it is not known whether
 * it was done, because its answer was lost, the key is kept in this browser with the revision that was sent: a retry is then the same
 * request, also after the page was loaded again or has read what the command did.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { v4 as uuid } from 'uuid';
import type { TypedDocumentString } from '../generated/graphql';
import { keep, kept } from '../parts/kept';
import { print } from '../parts/print';
import { send } from './client';
import { codeOf, isOutcomeUnknown } from './error';

interface Sent {
  readonly idempotencyKey: string;
  readonly expectedRevision?: unknown;
  /** In milliseconds. */
  readonly at: number;
}
/** By what is asked for. */
type Unanswered = Readonly<Record<string, Sent>>;

const ABOUT = 'unanswered';
/** After this time the same input is a new command: whoever sends it again has seen what came of the first. */
const RETRIED_MS = 30 * 60_000;

const unanswered = (): Unanswered =>
  Object.fromEntries(
    Object.entries(kept<Unanswered>(ABOUT) ?? {}).filter(([, { at }]) => Date.now() - at < RETRIED_MS),
  );
function note(about: string, sent: Sent | undefined): void {
  const { [about]: _, ...others } = unanswered();
  const next = sent ? { ...others, [about]: sent } : others;
  keep(ABOUT, Object.keys(next).length > 0 ? next : undefined);
}

/** Sends a command, or sends it again. */
export async function sendCommand<Result>(
  document: string,
  { input, ...variables }: { readonly input: object },
): Promise<Result> {
  const { expectedRevision, ...what } = input as { expectedRevision?: unknown };
  const text = JSON.stringify([document, what, variables]);
  const about = `${text.length}.${print(text)}`;
  const sent = unanswered()[about] ?? { idempotencyKey: uuid(), expectedRevision, at: Date.now() };
  note(about, sent);
  const { at: _, ...again } = sent;
  try {
    const answer = await send<Result>(document, { ...variables, input: { ...input, ...again } });
    note(about, undefined);
    return answer;
  } catch (error) {
    if (!isOutcomeUnknown(error)) note(about, undefined);
    throw error;
  }
}

/**
 * A command as a mutation: one at a time, however often its button is pressed. It invalidates all queries, since a commit can change any of
 * them.
 * @param whenRead whether it counts as done only when the page has read its effect, for pages that go on showing what was sent
 */
export function useCommand<Result, Variables extends { input: object }>(
  document: TypedDocumentString<Result, Variables>,
  { whenRead = false } = {},
) {
  const queries = useQueryClient();
  const command = useMutation<Result, Error, Variables>({
    mutationFn: (variables) => sendCommand<Result>(String(document), variables),
    // Also after a refusal: somebody else may have been first. Without a connection there is nothing to read.
    onSettled: (_, error) => {
      const read = codeOf(error) === 'OFFLINE' ? undefined : queries.invalidateQueries();
      return whenRead ? read : undefined;
    },
  });
  const mutate: typeof command.mutate = (...given) => {
    if (!command.isPending) command.mutate(...given);
  };
  return { ...command, mutate };
}
