/** The mutations of audit-only phases and their inputs, made from the commands that the phases declare. */
import { Field, InputType, Resolver } from 'type-graphql';
import { runCommand, type CommandInput } from '../../services/run-command';
import { auditOnlyPhases } from '../../phases';
import { contentFields } from '../../versioning/fields';
import type { CommandDeclaration } from '../../versioning/phase';
import { addMutation, StartInput, VersionCommandInput } from '../version/command-inputs';
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

@Resolver()
class Commands {}

for (const phase of auditOnlyPhases)
  for (const [name, command] of Object.entries(phase.commands))
    addMutation(Commands, name, {
      input: inputOf(command),
      sent: command.description,
      description: command.description,
      service: (caller, given: CommandInput) => runCommand(caller, phase, name, given),
    });

/** Registers the commands of all phases. */
export const PhaseCommandsResolver = Commands;
