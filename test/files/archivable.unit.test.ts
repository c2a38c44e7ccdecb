/** Papers are to be read in decades: what PDF/A-3a asks of a file they have, and that one had not would be noticed. */
import type { Block, Composed } from '../../src/files/workpaper/block';
import { setPaper } from '../../src/files/workpaper/set';
import { missingForArchives } from './archivable';

const blocks: Block[] = [
  { kind: 'heading', level: 1, text: 'Planning' },
  { kind: 'heading', level: 2, text: 'Łódź, Αθήνα, Київ' },
  { kind: 'text', text: 'What the font lacks: \u05d0.' },
  { kind: 'text', text: 'A note.', isNote: true },
  { kind: 'facts', rows: [['Hash', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']] },
  {
    kind: 'table',
    columns: [
      { title: 'Item', share: 2 },
      { title: 'Hash', share: 1, isFine: true },
    ],
    rows: Array.from({ length: 120 }, (_, n) => [`Item ${n}`, `${n}`.repeat(20)]),
  },
];
const paper: Composed = {
  title: 'Planning, version 2: Credit cards',
  subtitle: 'Credit cards',
  at: '2026-11-30T09:30:00.000Z',
  foot: 'Credit cards',
  blocks,
  attached: [{ name: 'workpaper.json', description: 'All of it', text: '{}' }],
};
let pdf: Buffer;
beforeAll(async () => {
  pdf = await setPaper(paper);
});

test('a paper lacks nothing of it', () => {
  expect(pdf.toString('latin1').match(/\/Type \/Page\n/g)!.length).toBeGreaterThan(2);
  expect(missingForArchives(pdf)).toEqual([]);
});

test.each<[RegExp | string, string, string]>([
  ['%PDF-1.7', '%PDF-2.0', 'a header of PDF 1.4 to 1.7, and bytes that tell programs it is binary'],
  [/\/ID \[/, '/No [', 'an identifier'],
  ['/Subtype /XML', '/Subtype /XXX', 'metadata that anybody reads without the file'],
  ['<pdfaid:part>3', '<pdfaid:part>2', 'that it is of part 3, level A'],
  ['<xmp:CreateDate>', '<xmp:createDate>', 'when it was made'],
  ['/GTS_PDFA1', '/GTS_PDFX9', 'what its colours mean'],
  [/\/FontFile2/, '/FontFile9', 'each font in the file'],
  [/\/ToUnicode/, '/ToUnicoda', 'what each glyph means'],
  ['/Subtype /Type0', '/Subtype /Type1', 'fonts that are composite ones, and no others'],
  ['/Marked true', '/Marked null', 'that it is tagged'],
  ['/Lang (en)', '/Lang (??)', 'a language'],
  ['/StructTreeRoot 6', '/StructTreeRooX 6', 'a tree of its structure'],
  [/\/StructParents/, '/StructParentX', 'on each page, whose structure its content is'],
  ['/AFRelationship', '/AFRelationshiX', 'how what is attached relates to it'],
  ['/AF [', '/AX [', 'what is attached among what belongs to it'],
  ['/Subtype /application', '/Subtypx /application', 'of what kind it is, and when it was changed'],
  ['/PageMode /UseOutlines', '/OpenAction /UseOutlin', 'nothing of OpenAction'],
])('one that has something else than %s is found', (what, instead, lacks) => {
  const spoilt = pdf.toString('latin1').replace(what, instead);
  expect(spoilt).not.toBe(pdf.toString('latin1'));
  expect(missingForArchives(Buffer.from(spoilt, 'latin1'))).toContain(lacks);
});
