/**
 * The pages of a paper: the drawing position, the structure tags, and the parts common to all pages. Everything drawn is either tagged as
 * structure, which screen readers use, or marked as an artifact.
 */
import { createRequire } from 'node:module';
import { openSync, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';
import type { Composed } from './block';
import { instant } from './values';
import { speakable, wrap, type Face } from './typesetting';

export type Element = PDFKit.PDFStructureElement;
export type Weight = 'regular' | 'bold' | 'italic';
export interface Style {
  readonly weight: Weight;
  readonly size: number;
  readonly colour: string;
}

export const INK = '#1b2530';
export const MUTED = '#56626e';
export const ACCENT = '#1d4a73';
const RULE = '#c5ced6';

const MARGIN = { x: 54, top: 60, bottom: 62 };
const LEADING = 1.32;

const FONTS: Readonly<Record<Weight, string>> = {
  regular: '400Regular/SourceSans3_400Regular.ttf',
  bold: '600SemiBold/SourceSans3_600SemiBold.ttf',
  italic: '400Regular_Italic/SourceSans3_400Regular_Italic.ttf',
};
const fontFile = (weight: Weight): string =>
  createRequire(__filename).resolve(`@expo-google-fonts/source-sans-3/${FONTS[weight]}`);

/** Loaded once per thread. */
const fonts = new Map<Weight, Font>();
function fontOf(weight: Weight): Font {
  let font = fonts.get(weight);
  if (!font) fonts.set(weight, (font = openSync(fontFile(weight)) as Font));
  return font;
}

export class Sheets {
  readonly document: PDFKit.PDFDocument;
  readonly root: Element;
  /** The current position, from the top of the page. */
  y = MARGIN.top;
  /** Characters that were replaced by their code points. */
  readonly missing = new Set<string>();
  private readonly faces = new Map<string, Face>();

  constructor(private readonly paper: Composed) {
    const made = new Date(paper.at);
    this.document = new PDFDocument({
      size: 'A4',
      margins: { top: 0, bottom: 0, left: MARGIN.x, right: MARGIN.x },
      bufferPages: true,
      pdfVersion: '1.7',
      subset: 'PDF/A-3a',
      tagged: true,
      displayTitle: true,
      lang: 'en',
      font: '', // no default font; fonts are registered below
      info: {
        Title: paper.title,
        Subject: 'Workpaper',
        Creator: 'PhaseLedger',
        Producer: 'PhaseLedger',
        CreationDate: made,
        ModDate: made,
      },
    });
    for (const weight of Object.keys(FONTS) as Weight[]) this.document.registerFont(weight, fontOf(weight) as never);
    this.root = this.document.struct('Document');
    this.document.addStructure(this.root);
  }

  get left(): number {
    return MARGIN.x;
  }
  get width(): number {
    return this.document.page.width - 2 * MARGIN.x;
  }
  /** The space left on the page. */
  get room(): number {
    return this.document.page.height - MARGIN.bottom - this.y;
  }
  get isFresh(): boolean {
    return this.y === MARGIN.top;
  }

  leadingOf({ size }: Style): number {
    return size * LEADING;
  }

  turn(): void {
    this.document.addPage();
    this.y = MARGIN.top;
  }

  private use({ weight, size }: Style): void {
    this.document.font(weight).fontSize(size);
  }

  private face(style: Style): Face {
    const key = `${style.weight} ${style.size}`;
    let face = this.faces.get(key);
    if (!face) {
      const { document } = this;
      const font = fontOf(style.weight);
      face = {
        hasGlyph: (codePoint) => font.hasGlyphForCodePoint(codePoint),
        widthOf: (text) => document.widthOfString(text),
      };
      this.faces.set(key, face);
    }
    this.use(style);
    return face;
  }

  lines(text: string, width: number, style: Style): string[] {
    const face = this.face(style);
    return wrap(
      speakable(text, face, (character) => this.missing.add(character)),
      width,
      face,
    );
  }

  /** Draws lines below each other; the caller has made sure that there is room. */
  draw(lines: readonly string[], x: number, y: number, style: Style): void {
    this.use(style);
    this.document.fillColor(style.colour);
    lines.forEach((line, index) => {
      if (line) this.document.text(line, x, y + index * this.leadingOf(style), { lineBreak: false });
    });
  }

  /** Tags what is drawn with an element, which may continue on the next page. */
  tagged(element: Element, type: string, draw: () => void): void {
    const content = this.document.markStructureContent(type);
    element.add(content);
    draw();
    this.document.endMarkedContent();
  }

  /** Marks what is drawn as an artifact. */
  untagged(draw: () => void, options: Record<string, unknown> = { type: 'Layout' }): void {
    this.document.markContent('Artifact', options);
    draw();
    this.document.endMarkedContent();
  }

  rule(y: number, colour = RULE, weight = 0.5): void {
    this.document
      .moveTo(this.left, y)
      .lineTo(this.left + this.width, y)
      .lineWidth(weight)
      .strokeColor(colour)
      .stroke();
  }

  /** Draws the footers, now that the number of pages is known, and returns the file. */
  async bytes(): Promise<Buffer> {
    const { document, paper } = this;
    const style: Style = { weight: 'regular', size: 7.5, colour: MUTED };
    const { start, count } = document.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      document.switchToPage(start + page);
      const y = document.page.height - MARGIN.bottom + 18;
      const number = `As of ${instant(paper.at)} · page ${page + 1} of ${count}`;
      this.untagged(
        () => {
          this.rule(y);
          const [foot = ''] = this.lines(
            paper.foot,
            this.width - document.font('regular').fontSize(style.size).widthOfString(number) - 12,
            style,
          );
          this.draw([foot], this.left, y + 6, style);
          this.draw([number], this.left + this.width - document.widthOfString(number), y + 6, style);
        },
        { type: 'Pagination', attached: ['Bottom'] },
      );
    }
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part));
    const ended = new Promise<void>((resolve, reject) => document.once('end', resolve).once('error', reject));
    document.end();
    await ended;
    return Buffer.concat(parts);
  }
}
