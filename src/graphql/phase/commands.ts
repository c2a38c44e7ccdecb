/** The mutations of audit-only phases and their inputs, made from the commands that the phases declare. */
import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { runCommand, type CommandInput } from '../../services/run-command';
import { auditOnlyPhases } from '../../phases';
import { contentFields } from '../../versioning/fields';
import type { AuditOnlyPhase, CommandDeclaration } from '../../versioning/phase';
import type { Context } from '../context';
import { payload, StartInput, VersionCommandInput, VersionPayload } from '../version/command-inputs';
import { describe, graphqlType } from './field-types';

function inputOf({ inputType, input, action, needsReason, description }: CommandDeclaration): new () => object {
  const Frame = (action ? VersionCommandInput : StartInput) as unknown as new () => object;
  const Input = { [inputType]: class extends Frame {} }[inputType]!;
  for (const [name, field] of contentFields(input))
    Field(graphqlType(field), { nullable: !field.required, description: describe(field) })(Input.prototype, name);
  if (needsReason) Field(() => String, { description: 'Why; kept with the commit.' })(Input.prototype, 'reason');
  InputType(inputType, { description })(Input);
  return Input;
}

const Commands = class Commands {};

function mutation(phase: AuditOnlyPhase, name: string, command: CommandDeclaration): void {
  const Input = inputOf(command);
  const method = {
    value: (input: CommandInput, context: Context) =>
      payload((caller, given: CommandInput) => runCommand(caller, phase, name, given), context, input),
    configurable: true,
    writable: true,
  };
  Object.defineProperty(Commands.prototype, name, method);
  Reflect.defineMetadata('design:paramtypes', [Object, Object], Commands.prototype, name);
  Arg('input', () => Input as never, { description: command.description })(Commands.prototype, name, 0);
  Ctx()(Commands.prototype, name, 1);
  Mutation(() => VersionPayload, { description: command.description })(Commands.prototype, name, method);
}

for (const phase of auditOnlyPhases)
  for (const [name, command] of Object.entries(phase.commands)) mutation(phase, name, command);
Resolver()(Commands);

/** Registers the commands of all phases. */
export const PhaseCommandsResolver = Commands;
