import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { legacyTables } from '../../src/legacy/tables';
import { roles } from '../../src/legacy/words';
import { projectRoot } from '../../src/env';

const document = readFileSync(path.join(projectRoot, 'docs', 'legacy-mapping.md'), 'utf8');

/** The rows of the first table below a heading, as cells. */
function tableBelow(heading: string): string[][] {
  const section = document.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())); // prettier-ignore
}

const codesBelow = (heading: string) => tableBelow(heading).map(([code]) => code!.replaceAll('`', ''));

/** Codes as the source has them: what is noted on a row, and why one is set aside. */
function codesOfSource(): Record<'noted' | 'refused', Set<string>> {
  const folder = path.join(projectRoot, 'src', 'legacy');
  const codes = { noted: new Set<string>(), refused: new Set<string>() };
  const collect = (node: ts.Node, into: Set<string>): void => {
    if (ts.isStringLiteral(node) && /^[A-Z]+(_[A-Z]+)+$/.test(node.text)) into.add(node.text);
    ts.forEachChild(node, (child) => collect(child, into));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments[0]) {
      const called = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
      if (ts.isIdentifier(called) && called.text === 'note') collect(node.arguments[0], codes.noted);
      if (ts.isIdentifier(called) && called.text === 'refuse') collect(node.arguments[0], codes.refused);
    }
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === 'code')
      collect(node.initializer, codes.refused);
    ts.forEachChild(node, visit);
  };
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')))
    visit(ts.createSourceFile(file, readFileSync(path.join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true));
  return codes;
}

const inOrder = (codes: Iterable<string>) => [...codes].sort();

test('every finding is documented, and no other', () => {
  expect(inOrder(codesBelow('Findings'))).toEqual(inOrder(codesOfSource().noted));
});

test('every reason for the quarantine is documented, and no other', () => {
  expect(inOrder(codesBelow('Quarantine'))).toEqual(inOrder(codesOfSource().refused));
});

test('every table of the old system is documented, in its order', () => {
  expect(codesBelow('Tables')).toEqual(legacyTables.map(({ name }) => name));
});

test('every role of the old system is documented, with what it is here', () => {
  const documented = tableBelow('Roles')
    .slice(0, -1)
    .flatMap(([there, here]) =>
      there!.split(', ').map((name) => [name.toLowerCase().replaceAll(' ', '_'), here!] as const),
    );
  expect(Object.fromEntries(documented)).toEqual(roles);
});
