// The notation for a report's attributes: one line each, so that a report reads as a table.

export type AttributeDataType = 'string' | 'number' | 'date' | 'code';

export interface ReportAttribute {
  /** The report's own code; its attributes have no other ids. */
  readonly attributeId: string;
  /** The same code, four letters and four digits, as part of the attribute's data. */
  readonly code: string;
  /** Section and line in the form, e.g. C.4. */
  readonly lineItem: string;
  readonly section: string;
  readonly name: string;
  readonly description: string;
  readonly dataType: AttributeDataType;
  readonly mandatory: boolean;
  readonly isPrimaryKey: boolean;
  /** Critical data element: an error here changes a figure that the bank is measured by. */
  readonly cde: boolean;
  /** Whether errors were found here in an earlier cycle. */
  readonly historicalIssues: boolean;
  readonly tableName: string;
  readonly columnName: string;
}

// code | type | flags | source | name | description
// flags: M mandatory, K primary key, C critical data element, H issues in earlier cycles
// The first two digits of a code number the section from 10 up, the last two the line in it: CCDM1204 is line C.4.
const ROW = new RegExp(
  [
    String.raw`^(?<code>[A-Z]{4}(?<section>\d\d)(?<line>\d\d))`,
    String.raw`(?<dataType>string|number|date|code) *`,
    String.raw`(?<flags>[M-][K-][C-][H-])`,
    String.raw`(?<table>\w+)\.(?<column>\w+) *`,
    String.raw`(?<name>.+?) *`,
    String.raw`(?<description>.+)$`,
  ].join(String.raw` \| `),
);
type RowGroup = 'code' | 'section' | 'line' | 'dataType' | 'flags' | 'table' | 'column' | 'name' | 'description';

/** Throws for a line it cannot parse: a mistake in the text should stop the demo rather than shorten it. */
export function readTable(table: string): ReportAttribute[] {
  const rows: ReportAttribute[] = [];
  let section = '';
  for (const line of table.split('\n').filter((text) => text.trim())) {
    if (line.startsWith('# ')) section = line.slice(2);
    else rows.push(readRow(line, section));
  }
  return rows;
}

function readRow(text: string, section: string): ReportAttribute {
  const row = ROW.exec(text)?.groups as Record<RowGroup, string> | undefined;
  if (!row) throw new Error(`cannot read this line of a report: ${text}`);
  return {
    attributeId: row.code,
    code: row.code,
    // Section 10 is A, 11 is B, and so on.
    lineItem: `${String.fromCharCode('A'.charCodeAt(0) + Number(row.section) - 10)}.${Number(row.line)}`,
    section,
    name: row.name,
    description: row.description,
    dataType: row.dataType as AttributeDataType,
    mandatory: row.flags.includes('M'),
    isPrimaryKey: row.flags.includes('K'),
    cde: row.flags.includes('C'),
    historicalIssues: row.flags.includes('H'),
    tableName: row.table,
    columnName: row.column,
  };
}
