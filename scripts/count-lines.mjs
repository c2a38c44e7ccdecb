// npm run count-lines: counts the lines that hold code, without blank lines and comments. ARCHITECTURE.md quotes the result.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './bootstrap.mjs';
import { inRoot } from './run.mjs';

await ensureInstalled();
const { default: ts } = await import('typescript');

/** Counts the lines on which a TypeScript token stands. */
function codeLines(text) {
  const source = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  const lines = new Set();
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node) => {
    const children = node.getChildren(source).filter(({ kind }) => kind !== ts.SyntaxKind.JSDoc);
    for (const child of children) visit(child);
    if (children.length > 0 || node.getStart(source) === node.getEnd()) return;
    for (let line = lineOf(node.getStart(source)); line <= lineOf(node.getEnd()); line++) lines.add(line);
  };
  visit(source);
  return lines.size;
}

const sqlLines = (text) => text.split('\n').filter((line) => line.trim() !== '' && !/^\s*--/.test(line)).length;

const files = (folder) =>
  readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('generated'))
    .map((entry) => path.join(entry.parentPath, entry.name));

const count = (folder, ending, linesOf, without = []) =>
  files(folder)
    .filter(
      (file) => file.endsWith(ending) && !without.some((part) => file.includes(path.join(path.sep, part, path.sep))),
    )
    .reduce((sum, file) => sum + linesOf(readFileSync(file, 'utf8')), 0);

const typescript = (folder, without) =>
  count(folder, '.ts', codeLines, without) + count(folder, '.tsx', codeLines, without);
const migrations = readdirSync(inRoot('prisma/migrations'));
/** The lines of one migration, by the end of its name. */
const sqlOf = (name) =>
  count(
    path.join(
      'prisma/migrations',
      migrations.find((folder) => folder.endsWith(`_${name}`)),
    ),
    '.sql',
    sqlLines,
  );
const packages = typescript('packages', ['test']);

const figures = {
  'src without takeover and demo': typescript('src', ['legacy', 'demo']),
  'the takeover': typescript('src/legacy'),
  'the demo': typescript('src/demo'),
  packages,
  'the console': typescript('console/src'),
  'SQL of the tables (as Prisma has them)': sqlOf('schema'),
  'SQL of the log, the rules and the past': sqlOf('log') + sqlOf('rules') + sqlOf('past'),
  'SQL of the takeover': sqlOf('takeover'),
  tests: typescript('test') + typescript('packages') - packages,
};
console.log(
  Object.entries(figures)
    .map(([name, lines]) => `${name} ${lines.toLocaleString('en')}`)
    .join(' · '),
);
