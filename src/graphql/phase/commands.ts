/** The mutations of audit-only phases and their inputs, made from the declared commands. */
import { runCommand, type CommandInput } from '../../services/run-command';
import { auditOnlyPhases } from '../../phases';
import type { CommandDeclaration } from '../../versioning/phase';
import { a, inputType } from '../declare';
import { addMutation, startInput, versionCommandInput } from '../version/command-inputs';
import { inputValues } from './field-types';

const inputOf = ({ inputType: name, input, action, needsReason, description }: CommandDeclaration) =>
  inputType<CommandInput>(name, description, {
    ...(action ? versionCommandInput : startInput),
    ...inputValues(input),
    ...(needsReason ? { reason: a.text('The reason; stored with the commit.') } : {}),
  });

for (const phase of auditOnlyPhases)
  for (const [name, command] of Object.entries(phase.commands)) {
    const { description } = command;
    addMutation(
      name,
      inputOf(command),
      description,
      (caller, given) => runCommand(caller, phase, name, given),
      description,
    );
  }
