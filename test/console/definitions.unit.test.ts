/** What the charts of the console say that they show is what docs/metrics.md says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { definitions } from '../../console/src/features/insights/definitions';

test('the words beside each chart are those of the page of figures, and of no other chart', () => {
  const page = readFileSync(path.join(__dirname, '..', '..', 'docs', 'metrics.md'), 'utf8');
  const [, section = ''] = page.split('## What the charts of /insights show');
  const shown = [...section.matchAll(/^\| ([^|]+?) +\| (.+?) +\|$/gm)].map(([, , words]) => words).slice(1);
  expect(shown.filter((words) => !/^-+$/.test(words!))).toEqual(Object.values(definitions));
});
