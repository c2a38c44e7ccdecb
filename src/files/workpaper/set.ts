/** Typesets a paper: places blocks on pages, repeats table headers on each page, and attaches the data. */
import type { Block, Column, Composed, Level } from './block';
import { ACCENT, INK, MUTED, Sheets, type Element, type Style } from './sheet-of-paper';

const BODY: Style = { weight: 'regular', size: 9, colour: INK };
const FINE: Style = { weight: 'regular', size: 7.5, colour: INK };
const NOTE: Style = { weight: 'italic', size: 8.5, colour: MUTED };
const NAME: Style = { weight: 'bold', size: 8.5, colour: MUTED };
const HEAD: Style = { weight: 'bold', size: 8, colour: ACCENT };
const HEADINGS: Readonly<Record<Level, Style & { readonly above: number; readonly below: number }>> = {
  1: { weight: 'bold', size: 16, colour: ACCENT, above: 20, below: 6 },
  2: { weight: 'bold', size: 12.5, colour: ACCENT, above: 15, below: 5 },
  3: { weight: 'bold', size: 10.5, colour: INK, above: 11, below: 4 },
  4: { weight: 'bold', size: 9.5, colour: INK, above: 9, below: 3 },
};
const PADDING = { x: 5, y: 3 };
const BAND = '#eaf0f5';
const LINE = '#d5dce3';
/** The relationship of an attachment in PDF/A-3; the library's types lack it. */
const DATA: object = { relationship: 'Data' };
/** The minimum space below a heading, so that it is not stranded at the foot of a page. */
const COMPANY = 84;
/** The same for the header of a table. */
const TWO_ROWS = 40;
/** A row taller than this fraction of a page may be split, even if it would fit on the next page. */
const LONG_ROW = 0.3;

interface Cell {
  readonly style: Style;
  readonly type: 'TH' | 'TD';
  readonly element: Element;
  readonly x: number;
  readonly lines: readonly string[];
}

interface ColumnBox {
  readonly x: number;
  readonly width: number;
}

/** The positions of columns, from their shares of the width. */
function columnBoxes(sheets: Sheets, shares: readonly number[]): ColumnBox[] {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let x = sheets.left;
  return shares.map((share) => {
    const width = (share / whole) * sheets.width;
    const place = { x: x + PADDING.x, width: width - 2 * PADDING.x };
    x += width;
    return place;
  });
}

const heightOf = (sheets: Sheets, cells: readonly Cell[]): number =>
  Math.max(...cells.map(({ lines, style }) => lines.length * sheets.leadingOf(style))) + 2 * PADDING.y;

class Setter {
  private outlines: { readonly level: number; readonly outline: PDFKit.PDFOutline }[] = [];

  constructor(private readonly sheets: Sheets) {}

  title({ title, subtitle, at }: Composed): void {
    const { sheets } = this;
    const [before = title] = title.split(`: ${subtitle}`);
    this.paragraph('P', 'WORKPAPER', { weight: 'bold', size: 9, colour: MUTED });
    sheets.y += 2;
    this.paragraph('P', before, { weight: 'bold', size: 21, colour: ACCENT });
    this.paragraph('P', subtitle, { weight: 'regular', size: 14, colour: INK });
    this.paragraph('P', `As of ${at.replace('T', ' ').replace('Z', ' UTC')}`, {
      weight: 'regular',
      size: 10,
      colour: MUTED,
    });
    sheets.y += 6;
    sheets.untagged(() => sheets.rule(sheets.y, ACCENT, 1.2));
    sheets.y += 8;
  }

  block(block: Block): void {
    switch (block.kind) {
      case 'heading':
        return this.heading(block.level, block.text);
      case 'text':
        this.paragraph('P', block.text, block.isNote ? NOTE : BODY);
        this.sheets.y += 4;
        return;
      case 'facts':
        return this.facts(block.rows);
      case 'table':
        return this.table(block.columns, block.rows);
    }
  }

  private heading(level: Level, text: string): void {
    const { sheets } = this;
    const style = HEADINGS[level];
    const lines = sheets.lines(text, sheets.width, style);
    if (sheets.room < style.above + lines.length * sheets.leadingOf(style) + COMPANY) sheets.turn();
    if (!sheets.isFresh) sheets.y += style.above;
    this.mark(level, lines.join(' '));
    this.paragraph(`H${level}`, text, style);
    sheets.y += style.below;
  }

  /** Adds a bookmark below that of its parent heading. */
  private mark(level: number, text: string): void {
    this.outlines = this.outlines.filter((outline) => outline.level < level);
    const parent = this.outlines.at(-1)?.outline ?? this.sheets.document.outline;
    this.outlines.push({ level, outline: parent.addItem(text) });
  }

  private paragraph(type: string, text: string, style: Style): void {
    const { sheets } = this;
    const element = sheets.document.struct(type);
    sheets.root.add(element);
    const lines = sheets.lines(text, sheets.width, style);
    const leading = sheets.leadingOf(style);
    for (let done = 0; done < lines.length;) {
      if (sheets.room < leading) sheets.turn();
      const part = lines.slice(done, done + Math.max(1, Math.floor(sheets.room / leading)));
      sheets.tagged(element, type, () => sheets.draw(part, sheets.left, sheets.y, style));
      sheets.y += part.length * leading;
      done += part.length;
    }
    element.end();
  }

  private facts(rows: readonly (readonly [string, string])[]): void {
    if (rows.length === 0) return;
    const { sheets } = this;
    const [names, values] = columnBoxes(sheets, [26, 74]) as [ColumnBox, ColumnBox];
    const table = this.tableElement();
    for (const [name, value] of rows) {
      const row = this.rowElement(table);
      this.row([this.cell(row, 'TH', name, names, NAME, 'Row'), this.cell(row, 'TD', value, values, BODY)]);
      row.end();
    }
    table.end();
    sheets.y += 6;
  }

  private table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const { sheets } = this;
    const places = columnBoxes(
      sheets,
      columns.map(({ share }) => share),
    );
    const table = this.tableElement();
    const head = this.rowElement(table);
    const titles = columns.map(({ title }, index) => this.cell(head, 'TH', title, places[index]!, HEAD, 'Column'));
    if (sheets.room < heightOf(sheets, titles) + TWO_ROWS) sheets.turn();
    this.head(titles, true);
    head.end();
    for (const values of rows) {
      const row = this.rowElement(table);
      this.row(
        values.map((value, index) => this.cell(row, 'TD', value, places[index]!, columns[index]!.isFine ? FINE : BODY)),
        () => this.head(titles, false),
      );
      row.end();
    }
    table.end();
    sheets.y += 8;
  }

  /** Draws a table's header. On later pages it is repeated as an artifact, so that screen readers do not repeat it. */
  private head(titles: readonly Cell[], isFirst: boolean): void {
    const { sheets } = this;
    const height = heightOf(sheets, titles);
    sheets.untagged(() => sheets.document.rect(sheets.left, sheets.y, sheets.width, height).fill(BAND));
    for (const title of titles) {
      const draw = () => sheets.draw(title.lines, title.x, sheets.y + PADDING.y, title.style);
      if (isFirst) sheets.tagged(title.element, 'TH', draw);
      else sheets.untagged(draw, { type: 'Pagination' });
    }
    sheets.y += height;
  }

  private row(cells: readonly Cell[], onTurn?: () => void): void {
    const { sheets } = this;
    const turn = () => {
      sheets.turn();
      onTurn?.();
    };
    const height = heightOf(sheets, cells);
    if (height > sheets.room && height < LONG_ROW * sheets.document.page.height) turn();
    for (let rest = cells; ;) {
      const leading = Math.max(...rest.map(({ style }) => sheets.leadingOf(style)));
      if (sheets.room < leading + 2 * PADDING.y) turn();
      const room = sheets.room - 2 * PADDING.y;
      const split = rest.map((cell) => {
        const fitting = Math.floor(room / sheets.leadingOf(cell.style));
        return [
          { ...cell, lines: cell.lines.slice(0, fitting) },
          { ...cell, lines: cell.lines.slice(fitting) },
        ] as const;
      });
      this.rowPart(split.map(([here]) => here));
      rest = split.map(([, further]) => further);
      if (rest.every(({ lines }) => lines.length === 0)) return;
      turn();
    }
  }

  private rowPart(cells: readonly Cell[]): void {
    const { sheets } = this;
    for (const { lines, x, style, element, type } of cells)
      if (lines.length > 0) sheets.tagged(element, type, () => sheets.draw(lines, x, sheets.y + PADDING.y, style));
    sheets.y += heightOf(sheets, cells);
    sheets.untagged(() => sheets.rule(sheets.y, LINE, 0.4));
  }

  private tableElement(): Element {
    const table = this.sheets.document.struct('Table');
    this.sheets.root.add(table);
    return table;
  }

  private rowElement(table: Element): Element {
    const row = this.sheets.document.struct('TR');
    table.add(row);
    return row;
  }

  private cell(
    row: Element,
    type: Cell['type'],
    text: string,
    { x, width }: ColumnBox,
    style: Style,
    scope?: string,
  ): Cell {
    const element = this.sheets.document.struct(type, { ...(scope && { scope }) } as object);
    row.add(element);
    return { element, type, style, x, lines: this.sheets.lines(text, width, style) };
  }
}

/** The paper as PDF/A-3 with its data attached. Equal papers give identical bytes. */
export async function setPaper(paper: Composed): Promise<Buffer> {
  const sheets = new Sheets(paper);
  const made = new Date(paper.at);
  const setter = new Setter(sheets);
  setter.title(paper);
  for (const block of paper.blocks) setter.block(block);
  if (sheets.missing.size > 0)
    setter.block({
      kind: 'text',
      isNote: true,
      text: `${sheets.missing.size} different characters are not in the font of this paper, or are not seen: they are shown as their code points, such as [U+05D0]. The attached data has them as they are.`,
    });
  for (const { name, description, text } of paper.attached)
    sheets.document.file(Buffer.from(text), {
      name,
      description,
      type: 'application/json',
      creationDate: made,
      modifiedDate: made,
      ...DATA,
    });
  return sheets.bytes();
}
