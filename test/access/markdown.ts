/** The table as docs/access.md shows it. */
import { doing, following, reading } from './table';

const code = (names: string): string =>
  names
    .split(' ')
    .map((name) => `\`${name}\``)
    .join(' ');

export const asMarkdown = (): string =>
  [
    ...reading.flatMap(({ who, fields }) => [
      `**${who}**`,
      '',
      ...Object.entries(fields).map(([type, names]) => `- ${type}: ${code(names)}`),
      '',
    ]),
    '## Following',
    '',
    'Whoever sees the workflow, judged anew at every commit; a version that was deleted, whoever sees deleted ones; and of their own work, everybody.',
    '',
    ...Object.entries(following).map(([type, names]) => `- ${type}: ${code(names)}`),
    '',
    '## Doing',
    '',
    'Administrators and auditors do nothing of what is done in workflows, whatever else they are. What a mutation answers with is for whoever may do it.',
    '',
    ...doing.map(
      ({ who, mutations, phases }) => `- **${who}**${phases ? ` (${code(phases.join(' '))})` : ''}: ${code(mutations)}`,
    ),
  ].join('\n');
