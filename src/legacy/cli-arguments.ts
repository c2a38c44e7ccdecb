/** Parses the arguments of the takeover's commands, with clear errors. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { plain } from '../cli/streams';
import { phases } from '../phases';
import { phaseNamed } from './phase-names';
import { isZone } from './zones';

export const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
};

export function phaseArgument(text: string): string {
  const phase = phaseNamed(text);
  if (phase === undefined)
    throw new InvalidArgumentError(
      `There is no phase "${text}". The phases are ${phases.map(({ title }) => title).join(', ')}.`,
    );
  return phase;
}

export function zoneArgument(zone: string): string {
  if (!isZone(zone)) throw new InvalidArgumentError('Write a name like Europe/Zurich, or an offset like +02:00.');
  return zone;
}

export const phasesArgument = (text: string): string[] => text.split(',').map(phaseArgument);

/** A JSON object, or a line for each person: the old id, and the userId here. */
export function mapUsersArgument(file: string): ReadonlyMap<number, number> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
  const pairs = /^\s*\{/.test(text)
    ? jsonPairs(text)
    : text
        .split(/\r?\n/)
        .filter((line) => /\S/.test(line) && !line.startsWith('#'))
        .map((line) => line.split(/[,;\t]/));
  return new Map(
    pairs.map((pair) => {
      const [there, here, ...more] = pair.map((part) => part.trim());
      if (more.length > 0 || ![there, here].every((id) => id !== undefined && /^\d{1,9}$/.test(id)))
        throw new InvalidArgumentError(
          `${file}: "${plain(pair.join(','))}" is no pair of an old id and a userId. Write e.g. 3,1 on a line, or {"3": 1}.`,
        );
      return [Number(there), Number(here)];
    }),
  );
}

function jsonPairs(text: string): string[][] {
  try {
    return Object.entries(JSON.parse(text) as object).map(([there, here]) => [there, String(here)]);
  } catch {
    throw new InvalidArgumentError('The file begins like JSON and is none.');
  }
}
