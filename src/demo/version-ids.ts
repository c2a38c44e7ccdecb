import { phases } from '../phases';

/** Fixed version ids, so that the README can name them: they encode the phase's position and the version's number. */
export const versionIdOf = (phase: string, nth: number, first = 0): string => {
  const place = phases.findIndex(({ key }) => key === phase) + 1;
  return `0194d2a0-5c00-7000-8000-${String(first + place * 100 + nth).padStart(12, '0')}`;
};
