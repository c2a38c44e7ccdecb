import { Command, Option } from 'commander';
import { phaseOf } from '../phases';
import { columns, selfAttestedReport, type SelfAttestation, type SelfAttestedReport } from '../proof/self-attested';
import { instant, uuid } from './arguments';
import { withDatabase } from './opened';
import { runTool } from './run';
import { plain } from './streams';

interface Options {
  readonly cycle?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly asOf?: Date;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** What the report covers, for its header. */
const headOf = ({ source, parameters, runAt, rowCount, rowsHash, totals }: SelfAttestedReport): [string, string][] => [
  ['Source', source],
  ['Cycle', parameters.cycleId ?? 'all'],
  ['Given', `from ${parameters.from ?? 'the first'} until before ${parameters.to ?? 'the instant of asOf'}`],
  ['As of', `${parameters.asOf} (the same again: --as-of ${parameters.asOf})`],
  ['Run at', runAt],
  ['Rows', `${rowCount}; ${totals.notPermitted} not permitted`],
  ['Approvals', `${totals.selfAttested} of ${totals.approved} approved versions`],
  ['Signatures', String(totals.signatures)],
  ['Item decisions', String(totals.itemDecisions)],
  ['SHA-256', `${rowsHash} (of the rows)`],
];

const totalsOf = ({ totals }: SelfAttestedReport): [string, string][] =>
  totals.byPhase.map(({ phase, approved, selfAttested }) => [
    phaseOf(phase).title,
    `${approved} approved, ${selfAttested} by somebody who edited or submitted them`,
  ]);

const verdict = ({ permitted, reliedOn }: SelfAttestation): string =>
  !reliedOn ? 'does not count' : permitted ? 'permitted' : 'NOT PERMITTED';

const actOf = ({ kind, signOffRole, item, said }: SelfAttestation): string =>
  kind === 'APPROVAL'
    ? 'approved'
    : kind === 'SIGNATURE'
      ? `signed as ${signOffRole?.replaceAll('_', ' ')}`
      : `“${item}” ${said.toLowerCase()}`;

function asText(report: SelfAttestedReport): string {
  const aligned = (pairs: [string, string][]) => pairs.map(([name, text]) => `${name.padEnd(24)}${plain(text)}`);
  const entries = report.rows.flatMap((row) => {
    const part = [row.giverEdited && 'edited', row.giverSubmitted && 'submitted'].filter(Boolean).join(' and ');
    return [
      '',
      `${row.givenAt}  ${row.reportNumber} ${row.report} · ${row.cycle} · ${phaseOf(row.phase).title}, version ${row.versionNumber}: ${verdict(row)}`,
      `  ${actOf(row)} by ${row.giver} (user ${row.giverId}), who ${part} it; commit ${row.changeSetSequence ?? 'unknown'} of its workflow`,
      `  ${row.notes ?? 'without a note'}`,
    ].map(plain);
  });
  return [report.title, '', ...aligned(headOf(report)), ...entries, '', ...aligned(totalsOf(report))].join('\n');
}

/** A CSV cell (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front. */
function cell(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const names = Object.keys(columns) as (keyof typeof columns)[];

const asCsv = (report: SelfAttestedReport): string =>
  [
    ...[['Report', report.title], ...headOf(report), ...totalsOf(report)].map(([name, text]) => `# ${name}: ${text}`),
    names.join(','),
    ...report.rows.map((row) => names.map((name) => cell(row[name])).join(',')),
  ].join('\r\n');

const write = ({ cycle, from, to, asOf, json, csv }: Options): Promise<void> =>
  withDatabase(async (db) => {
    if (from && to && from >= to) throw new Error('--from must be earlier than --to.');
    const report = await selfAttestedReport(db, {
      cycleId: cycle ?? null,
      from: from ?? null,
      to: to ?? null,
      asOf: asOf ?? null,
    });
    console.log(json ? JSON.stringify(report, null, 2) : csv ? asCsv(report) : asText(report));
    if (report.totals.notPermitted > 0) process.exitCode = 1;
  });

runTool(() =>
  new Command('npm run -s report:self-attested --')
    .description(
      'Lists approvals, signatures and item decisions of people who edited or submitted the version. Planning permits it; elsewhere they do not count, and the exit code is 1 if an approval rests on one.',
    )
    .option('--cycle <id>', 'only of this cycle', uuid('It is a UUID; "npm run -s admin -- cycles list" shows them.'))
    .option('--from <instant>', 'given at or after', instant)
    .option('--to <instant>', 'given before', instant)
    .option('--as-of <instant>', 'as it stood then; now if not given', instant)
    .addOption(new Option('--json', 'everything, as JSON').conflicts('csv'))
    .addOption(new Option('--csv', 'the rows as CSV, what it is of in lines that begin with #'))
    .action(write)
    .parseAsync(),
);
