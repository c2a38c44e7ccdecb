import {
  catalogueOf,
  differencesOf,
  isOn,
  parseCatalogue,
  printCatalogue,
  printDefinition,
  schemasOf,
  type CatalogueLine,
} from '..';

const line = (place: string, object: string, aspect: string, value: string, harmless = false): CatalogueLine => ({
  place,
  object,
  aspect,
  value,
  harmless,
});
const lines = [
  line('public', 'schema public', 'owner', 'the owner'),
  line('books', 'trigger note on public.books', 'fires', 'always'),
  line('books', 'table public.books', 'column title', 'text not null'),
  line('books', 'table public.books', 'owner', 'the owner'),
  line('public', 'function public.note()', 'body', ' begin\n\n  insert into log;\n    return new;\nend '),
];
const made = catalogueOf(lines);
const withLine = (...more: CatalogueLine[]) => catalogueOf([...lines, ...more]);
const without = (object: string) => catalogueOf(lines.filter((one) => one.object !== object));

test('what is printed is read back as it was, whatever lines a value has', () => {
  const text = printCatalogue(made);
  expect(text).toBe(`# books

table public.books
  column title: text not null
  owner: the owner
trigger note on public.books
  fires: always

# public

schema public
  owner: the owner
function public.note()
  body:
    begin

      insert into log;
        return new;
    end
`);
  expect(parseCatalogue(text)).toEqual(made);
  expect(schemasOf(made)).toEqual(['public']);
});

test('a database that is as it was made differs in nothing', () => {
  expect(differencesOf(made, catalogueOf([...lines].reverse()))).toEqual([]);
});

test('what is on a table is known by its name', () => {
  expect(isOn('trigger note on public.books', 'table public.books')).toBe(true);
  expect(isOn('rights of ada on table public.books', 'table public.books')).toBe(true);
  expect(isOn('trigger note on public.books', 'function public.books')).toBe(false);
});

test('what is missing is told, and what is on a missing table is not told again', () => {
  const live = catalogueOf(lines.filter(({ place }) => place !== 'books'));
  expect(differencesOf(made, live)).toEqual([
    { place: 'books', object: 'table public.books', kind: 'missing', problem: 'table public.books is missing' },
  ]);
  expect(differencesOf(made, without('trigger note on public.books'))).toMatchObject([{ kind: 'missing' }]);
});

test('what is changed is told with what was expected; of a long text, from where on', () => {
  const live = withLine(
    line('books', 'table public.books', 'column title', 'text'),
    line('public', 'function public.note()', 'body', 'begin\n\n  return new;\n    return new;\nend'),
  );
  expect(differencesOf(made, live).map(({ problem }) => problem)).toEqual([
    'function public.note() is changed (body, line 3: found “return new;”, expected “insert into log;”)',
    'table public.books is changed (column title: found “text”, expected “text not null”)',
  ]);
});

test('what no migration made is told, unless it is harmless, or was allowed as it is', () => {
  const index = line('books', 'index public.by_title on public.books', 'says', 'btree (title)');
  expect(differencesOf(made, withLine({ ...index, harmless: true }))).toEqual([]);
  const live = withLine(index);
  expect(differencesOf(made, live)).toMatchObject([{ kind: 'unexpected', object: index.object }]);
  const definition = printDefinition(live.get(index.object)!);
  expect(differencesOf(made, live, [{ object: index.object, definition }])).toEqual([]);
  expect(differencesOf(made, live, [{ object: index.object, definition: 'another' }])).toMatchObject([
    { problem: `${index.object} is there, and it is not as it was when it was allowed` },
  ]);
});
