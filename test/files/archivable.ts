/**
 * What PDF/A-3a (ISO 19005-3, level A) asks of a file, as far as its objects show it: no validator can be had where these tests run. It reads
 * files as the product writes them, with no object in a compressed stream, and says what it misses.
 */
import { inflateSync } from 'node:zlib';

interface PdfObject {
  /** Its dictionary, as it is written. */
  readonly said: string;
  readonly stream: Buffer | null;
}

function objectsOf(pdf: Buffer): Map<string, PdfObject> {
  const text = pdf.toString('latin1');
  const objects = new Map<string, PdfObject>();
  for (const [, id, whole] of text.matchAll(/^(\d+) 0 obj\n(.*?)\nendobj$/gms)) {
    const begin = whole!.indexOf('\nstream\n');
    const said = begin < 0 ? whole! : whole!.slice(0, begin);
    const raw = begin < 0 ? null : Buffer.from(whole!.slice(begin + 8, whole!.lastIndexOf('\nendstream')), 'latin1');
    objects.set(id!, { said, stream: raw && /\/Filter \/FlateDecode/.test(said) ? inflateSync(raw) : raw });
  }
  return objects;
}

/** What a file lacks to be kept for decades and heard as well as seen. */
export function missingForArchives(pdf: Buffer): string[] {
  const text = pdf.toString('latin1');
  const objects = objectsOf(pdf);
  const all = [...objects.values()];
  const missing: string[] = [];
  const demand = (what: string, isThere: unknown) => void (isThere || missing.push(what));
  const at = (said: string, key: string): PdfObject | undefined =>
    objects.get(new RegExp(`/${key} \\[?(\\d+) 0 R`).exec(said)?.[1] ?? '');
  const ofKind = (pattern: RegExp) => all.filter(({ said }) => pattern.test(said));

  // The file.
  demand(
    'a header of PDF 1.4 to 1.7, and bytes that tell programs it is binary',
    /^%PDF-1\.[4-7]\n%[\x80-\xff]{4,}\n/.test(text),
  );
  demand('nothing behind its end', /%%EOF\n?$/.test(text));
  const trailer = text.slice(text.lastIndexOf('trailer'));
  demand('an identifier', /\/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]/.test(trailer));
  demand('no encryption', !/\/Encrypt/.test(trailer));
  const said = all.map((one) => one.said).join('\n');
  for (const barred of [
    'JavaScript',
    'JS',
    'Launch',
    'LZWDecode',
    'SMask',
    'AA',
    'OpenAction',
    'XFA',
    'Movie',
    'Sound',
  ])
    demand(`nothing of ${barred}`, !new RegExp(`/${barred}\\b`).test(said));

  // What it says of itself.
  const catalog = ofKind(/\/Type \/Catalog/)[0]?.said ?? '';
  const metadata = at(catalog, 'Metadata');
  const xmp = metadata?.stream?.toString('utf8') ?? '';
  demand(
    'metadata that anybody reads without the file',
    metadata && !/\/Filter/.test(metadata.said) && /\/Subtype \/XML/.test(metadata.said),
  );
  demand('that it is of part 3, level A', /<pdfaid:part>3<.*<pdfaid:conformance>A</s.test(xmp));
  demand('a title', /<dc:title>.*<rdf:li xml:lang="x-default">[^<]+</s.test(xmp));
  demand('when it was made', /<xmp:CreateDate>\d{4}-\d\d-\d\dT/.test(xmp));

  // What it is seen with.
  const intent = at(catalog, 'OutputIntents');
  demand('what its colours mean', intent && /\/S \/GTS_PDFA1/.test(intent.said));
  const profile = intent && at(intent.said, 'DestOutputProfile');
  demand(
    'an ICC profile of three colours',
    profile &&
      /\/N 3\b/.test(profile.said) &&
      profile.stream?.subarray(16, 20).toString() === 'RGB ' &&
      profile.stream.subarray(36, 40).toString() === 'acsp',
  );
  const fonts = ofKind(/\/Type \/Font\n/);
  const ofPages = fonts.filter(({ said: of }) => /\/Subtype \/Type0/.test(of));
  const inner = fonts.filter(({ said: of }) => /\/Subtype \/CIDFontType2/.test(of));
  demand(
    'fonts that are composite ones, and no others',
    ofPages.length > 0 && ofPages.length + inner.length === fonts.length,
  );
  for (const font of ofPages) {
    demand('what each glyph means', at(font.said, 'ToUnicode')?.stream?.includes('beginbf'));
    demand('the font of a composite one', inner.includes(at(font.said, 'DescendantFonts')!));
  }
  for (const font of inner) {
    const file = at(at(font.said, 'FontDescriptor')?.said ?? '', 'FontFile2')?.stream;
    demand('each font in the file', file?.readUInt32BE(0) === 0x10000 || file?.subarray(0, 4).toString() === 'true');
    demand('which glyph each number is', /\/CIDToGIDMap \/Identity/.test(font.said));
  }

  // What it is heard as.
  demand('that it is tagged', /\/Marked true/.test(at(catalog, 'MarkInfo')?.said ?? ''));
  demand('a language', /\/Lang \([a-z]{2}/.test(catalog));
  const tree = at(catalog, 'StructTreeRoot');
  demand('a tree of its structure', tree && /\/ParentTree /.test(tree.said) && /\/K \[\d+ 0 R/.test(tree.said));
  for (const page of ofKind(/\/Type \/Page\n/)) {
    demand('on each page, whose structure its content is', /\/StructParents \d+/.test(page.said));
    const content = at(page.said, 'Contents')?.stream?.toString('latin1') ?? '';
    let depth = 0;
    for (const [operator] of content.matchAll(/\bB[DM]C\b|\bEMC\b|\bT[jJ]\b/g))
      if (operator === 'EMC') depth--;
      else if (operator.startsWith('B')) depth++;
      else demand('that whatever is written is of the structure, or marked as none of it', depth > 0);
    demand('marks that begin and end on a page', depth === 0);
  }

  // What is attached.
  for (const file of ofKind(/\/Type \/Filespec/)) {
    demand(
      'how what is attached relates to it',
      /\/AFRelationship \/(Source|Data|Alternative|Supplement)/.test(file.said),
    );
    demand('names of what is attached', /\/F \(/.test(file.said) && /\/UF \(/.test(file.said));
    const id = [...objects].find(([, one]) => one === file)![0];
    demand('what is attached among what belongs to it', new RegExp(`/AF \\[[^\\]]*\\b${id} 0 R`).test(catalog));
    const content = at(/\/EF <<.*?>>/s.exec(file.said)?.[0] ?? '', 'F');
    demand(
      'of what kind it is, and when it was changed',
      content && /\/Subtype \//.test(content.said) && /\/ModDate/.test(content.said),
    );
  }
  return [...new Set(missing)];
}
