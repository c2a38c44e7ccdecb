/** Pages lead to each other: no link leads nowhere, and from the README one comes to all of them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../src/env';

const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: projectRoot, encoding: 'utf8' }).trim().split('\n');
const textOf = (page: string) => readFileSync(path.join(projectRoot, page), 'utf8');
/** Without what is code, in which brackets are not links. */
const proseOf = (page: string) =>
  textOf(page)
    .replace(/^ *```.*?^ *```$/gms, '')
    .replace(/`[^`\n]*`/g, '');
const linksIn = (page: string): string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^[a-z]+:/.test(link));

/** The names that a page's headings have as places, as GitHub makes them. */
const placesIn = (page: string): Set<string> =>
  new Set(
    [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
const targetOf = (page: string, link: string): [file: string, place: string | undefined] => {
  const [file = '', place] = link.split('#');
  return [file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file)), place];
};

test('no link leads nowhere', () => {
  const broken = pages.flatMap((page) =>
    linksIn(page)
      .filter((link) => {
        const [file, place] = targetOf(page, link);
        if (!existsSync(path.join(projectRoot, file))) return true;
        return place !== undefined && file.endsWith('.md') && !placesIn(file).has(place);
      })
      .map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('from the README one comes to every page of the product', () => {
  const found = new Set(['README.md']);
  for (const page of found) {
    for (const link of linksIn(page)) {
      const [file] = targetOf(page, link);
      if (file.endsWith('.md') && pages.includes(file)) found.add(file);
    }
  }
  // A package has a README of its own, which says all there is of it; ARCHITECTURE.md names them.
  expect(pages.filter((page) => !found.has(page) && !page.startsWith('packages/'))).toEqual([]);
});
