/** The table as docs/access.md shows it. */
import { doing, namesOf, reading } from './table';

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ');

export const asMarkdown = (): string =>
  [
    '| who | reads |',
    '| --- | --- |',
    ...reading.map(({ who, fields }) => `| ${who} | ${code(namesOf(fields))} |`),
    '',
    '| who | does | where |',
    '| --- | --- | --- |',
    ...doing.map(
      ({ who, mutations, phases }) => `| ${who} | ${code(mutations.split(' '))} | ${phases ? code(phases) : ''} |`,
    ),
  ].join('\n');
