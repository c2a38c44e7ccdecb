/** Composes a paper purely from what was read, so the same data makes the same paper. */
import { groupBy } from '../../group-by';
import { phaseOf } from '../../phases';
import { facts, heading, note, text, type Block, type Column, type Composed } from './block';
import { commitsPart, versionParts, versionTitle } from './compose-version';
import type { Paper, PhasePart, PhaseSummary, VersionHead } from './paper';
import { contentRows, whenAndByWhom, figure, instant, hasValue, people, personOrNull, words } from './values';

const FIGURES: readonly Column[] = [
  { title: 'Figure', share: 26 },
  { title: 'Value', share: 14 },
  { title: 'What it means', share: 60 },
];

const figuresPart = ({ metrics }: PhaseSummary, definitions: Paper['definitions']): Block => ({
  kind: 'table',
  columns: FIGURES,
  rows: Object.entries(metrics).map(([name, value]) => [words(name), figure(name, value), definitions[name]!]),
});

const progress = ({ progress, blockedBy }: PhaseSummary): string =>
  [
    words(progress),
    ...(blockedBy.length > 0 ? [`waits for ${blockedBy.map((key) => phaseOf(key).title).join(', ')}`] : []),
  ].join(', ');

const VERSIONS: readonly Column[] = [
  { title: 'Version', share: 9 },
  { title: 'Status', share: 17 },
  { title: 'Created', share: 25 },
  { title: 'Submitted', share: 25 },
  { title: 'Decided', share: 24 },
];

const versionRow = (version: VersionHead): string[] => [
  String(version.versionNumber),
  words(version.status) + (version.isDeleted ? ', deleted' : ''),
  whenAndByWhom(version.createdAt, version.createdBy)!,
  whenAndByWhom(version.submittedAt, version.submittedBy) ?? '–',
  [whenAndByWhom(version.reviewedAt, version.reviewedBy), version.approvalNotes && `“${version.approvalNotes}”`]
    .filter((said) => said)
    .join('\n') || '–',
];

const RECORDED: readonly Column[] = [
  { title: 'Version', share: 9 },
  { title: 'Recorded', share: 27 },
  { title: 'What it says', share: 44 },
  { title: 'Content hash', share: 20, isFine: true },
];

/** The records of an audit-only phase, each with all its versions. */
function recordsPart({ phase, history }: PhasePart): Block[] {
  const { fields } = phaseOf(phase).version;
  const records = groupBy(history.toReversed(), ({ masterRecordId }) => masterRecordId);
  return [...records.values()].flatMap((versions, index) => [
    heading(3, `Record ${index + 1}`),
    note(`Record id ${versions[0]!.masterRecordId}`),
    {
      kind: 'table' as const,
      columns: RECORDED,
      rows: versions.map((version) => [
        String(version.versionNumber),
        [whenAndByWhom(version.createdAt, version.createdBy)!, words(version.status)].join('\n'),
        contentRows(fields, version)
          .filter(hasValue)
          .map(([label, value]) => (value.includes('\n') ? `${label}:\n${value}` : `${label}: ${value}`))
          .join('\n'),
        version.contentHash,
      ]),
    },
  ]);
}

function phaseParts(part: PhasePart, definitions: Paper['definitions']): Block[] {
  const { title, versioning } = phaseOf(part.phase);
  return [
    heading(1, title),
    facts(['Progress', progress(part)], ['Versions', String(part.history.length)]),
    ...(versioning === 'FULL'
      ? [
          ...(part.history.length > 0
            ? [
                heading(2, 'All versions'),
                { kind: 'table', columns: VERSIONS, rows: part.history.map(versionRow) } as const,
              ]
            : []),
          ...part.versions.flatMap((version) => versionParts(version, 2)),
        ]
      : part.history.length > 0
        ? [heading(2, 'Records'), ...recordsPart(part)]
        : []),
    ...(part.history.length > 0 ? [heading(2, `Figures of ${title}`), figuresPart(part, definitions)] : []),
  ];
}

function about({ at, workflow: { head, ...workflow } }: Paper): Block {
  return facts(
    ['Report', `${workflow.report.name} (${workflow.report.number})`],
    ['Cycle', workflow.cycle.name],
    ['As of', `${instant(at)}: everything in this paper is as it stood then`],
    ['Last commit', head && `${head.sequence} of this workflow, ${instant(head.committedAt)}, hash ${head.hash}`],
    ['Report owner', personOrNull(workflow.reportOwner)],
    ['Test lead', personOrNull(workflow.testLead)],
    ['Testers', people(workflow.testers) || null],
    ['Test executive', personOrNull(workflow.testExecutive)],
    ['Workflow id', workflow.workflowId],
  );
}

const closing = (): Block[] => [
  heading(1, 'About this paper'),
  text(
    'Times are those of the database, in UTC, set when the change was committed. Later changes do not affect this ' +
      'paper: made again as of that instant, by somebody with the same rights, it is the same file, byte by byte.',
  ),
  text(
    'A content hash is the SHA-256 of a version’s own fields and the hashes of its items, as canonical JSON (RFC 8785); an item hash that of the ' +
      'item’s fields. Both can be computed again from the data that is attached to this file (workpaper.json). Each commit’s hash covers the one before it ' +
      'and everything that the commit says; the log of the workflow, exported, proves them without this product.',
  ),
];

function subjectOf(paper: Paper): { title: string; blocks: Block[] } {
  const { definitions } = paper;
  switch (paper.of) {
    case 'VERSION':
      return {
        title: versionTitle(paper.version),
        blocks: [
          ...versionParts(paper.version, 1),
          heading(2, 'Commits'),
          ...commitsPart(paper.version.commits),
          heading(2, `Figures of ${phaseOf(paper.version.phase).title}`),
          figuresPart(paper.standing, definitions),
        ],
      };
    case 'PHASE':
      return {
        title: phaseOf(paper.phase.phase).title,
        blocks: [...phaseParts(paper.phase, definitions), heading(1, 'Commits'), ...commitsPart(paper.commits)],
      };
    case 'WORKFLOW':
      return {
        title: 'All phases',
        blocks: [
          heading(1, 'Progress'),
          facts(...paper.phases.map((part) => [phaseOf(part.phase).title, progress(part)] as const)),
          ...paper.phases.flatMap((part) => phaseParts(part, definitions)),
          heading(1, 'Commits'),
          ...commitsPart(paper.commits),
        ],
      };
  }
}

/** The data of a paper, as it is attached and packed. */
export const dataOf = (paper: Paper): string => JSON.stringify(paper, null, 1);

export function compose(paper: Paper): Composed {
  const { title, blocks } = subjectOf(paper);
  const { report, cycle } = paper.workflow;
  return {
    title: `${report.name}, ${cycle.name}: ${title}`,
    at: paper.at,
    subtitle: title,
    foot: `${title} · ${report.number} · ${cycle.name}`,
    blocks: [about(paper), ...blocks, ...closing()],
    attached: [
      {
        name: 'workpaper.json',
        description: 'Everything that this paper was made from, as the API said it',
        text: dataOf(paper),
      },
    ],
  };
}
