/** A mutation of the register: one commit by an administrator, with the arguments that all of them share. */
import type { ReferenceWrites } from '../../database/register/reference-writes';
import type { Registered } from '../../database/register/register';
import { changeRegister, type RegisterChange } from '../../services/change-register';
import type { Command } from '../../services/commit';
import { ChangeSet } from '../change-log/types';
import type { Context } from '../context';
import { a, resolved, inputType, mutations, optional, type TypeOf, type Values } from '../declare';
import { commandInput } from '../version/command-inputs';

export type RegisterInput = Command & Partial<RegisterChange> & Readonly<Record<string, unknown>>;
/** The input's fields about the entry itself. */
export type RegisterFields = Readonly<Record<string, unknown>>;

interface RegisterMutation<Made> {
  readonly name: string;
  readonly says: string;
  /** The description of its input. */
  readonly shall: string;
  readonly members: Values;
  readonly Payload: TypeOf<never>;
  /** The entry to change, identified by its input; null if one is added. */
  readonly changed: { readonly kind: Registered['kind']; readonly idName: string } | null;
  readonly write: (
    data: ReferenceWrites,
    said: RegisterFields,
  ) => Promise<{ readonly id: string; readonly made: Made }>;
  /** The fields of the payload besides the commit. */
  readonly answer: (context: Context, id: string, made: Made | null) => Promise<object>;
}

/** The commit in the payload. */
export const committed = {
  changeSet: optional.of('The commit it made; null where it was so already.', () => ChangeSet),
};

export function registerMutation<Made>({
  name,
  says,
  shall,
  members,
  Payload,
  changed,
  write,
  answer,
}: RegisterMutation<Made>): void {
  const InputType = inputType<RegisterInput>(`${name.charAt(0).toUpperCase()}${name.slice(1)}Input`, says, {
    ...commandInput,
    ...members,
    ...(changed && { expectedRevision: a.int('The revision the caller saw; CONFLICT if it has changed since.') }),
  });
  mutations({
    [name]: resolved(
      `${says} For Administrators; FORBIDDEN to others.`,
      () => Payload,
      { input: a.of<RegisterInput>(shall, () => InputType) },
      async (_, context, { input }) => {
        const { reason: _reason, idempotencyKey: _key, expectedRevision: _revision, ...said } = input;
        const about = changed && { kind: changed.kind, id: String(input[changed.idName]) };
        const { id, made, changeSetId } = await changeRegister(context, name, input, about, (data) =>
          write(data, said),
        );
        context.forget();
        const [of, changeSet] = await Promise.all([
          answer(context, id, made),
          changeSetId && context.loaders.changeSet.load(changeSetId),
        ]);
        return { ...of, changeSet };
      },
    ),
  });
}
