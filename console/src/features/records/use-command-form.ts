import { useState } from 'react';
import * as t from '#text/records';
import { ApiError } from '../../api/error';
import { useCommand } from '../../api/command';
import type { CommandFragment } from '../../generated/graphql';
import { useKept } from '../../parts/kept';
import { typed } from '../../parts/typed';
import { documentOf, type Target } from './commands';

type Texts = Readonly<Record<string, string>>;

/** The input of a command, kept in this browser until the server accepts it, and after a refusal. */
export function useCommandForm(command: CommandFragment, target: Target) {
  const about = `command.${command.name}.${'versionId' in target ? target.versionId : `${target.cycleId}.${target.reportId}`}`;
  const [texts, change] = useKept<Texts>(about, {}, (next) => !Object.values(next).some(Boolean));
  const [missing, setMissing] = useState<Texts>({});
  const sent = useCommand(documentOf(command.name));
  const { mutate, error, isPending, reset } = sent;
  const fields = command.fields.flatMap((field) =>
    field.inputName === null ? [] : [{ ...field, input: field.inputName }],
  );
  const argument = error instanceof ApiError ? error.details.argument : undefined;
  /** The field that the API refused. */
  const refused = ['reason', ...fields.map(({ input }) => input)].find((name) => name === argument);

  /** Submits the form if it is valid; otherwise reports the errors and focuses the first one. */
  const send = (onDone: (versionId: string | undefined) => void): string | undefined => {
    const read = fields.map((field) => [field.input, typed(texts[field.input] ?? '', field)] as const);
    const wrong = Object.fromEntries(read.flatMap(([input, one]) => ('problem' in one ? [[input, one.problem]] : [])));
    const reason = texts.reason?.trim() || null;
    if (command.needsReason && reason === null) wrong.reason = t.theReasonIsNeeded;
    setMissing(wrong);
    const [first] = Object.keys(wrong);
    if (first !== undefined) return first;
    const given = Object.fromEntries(
      read.flatMap(([input, one]) => ('value' in one && one.value !== null ? [[input, one.value]] : [])),
    );
    mutate(
      { input: { ...target, ...given, reason } },
      {
        onSuccess: (answer) => {
          change(() => ({}));
          onDone(answer[command.name]?.version.versionId);
        },
      },
    );
    return undefined;
  };
  return {
    fields,
    texts,
    send,
    set: (name: string, text: string) => {
      reset();
      change((previous) => ({ ...previous, [name]: text }));
    },
    clear: () => {
      reset();
      setMissing({});
      change(() => ({}));
    },
    /** The error of a field, from the console or the API. */
    problemOf: (name: string): string | undefined => missing[name] ?? (refused === name ? error?.message : undefined),
    refused,
    /** The command; a refusal that belongs to a field stands there. */
    sent: refused !== undefined ? { isPending, error: null } : sent,
  };
}
