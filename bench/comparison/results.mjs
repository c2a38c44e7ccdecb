// Writes the results as a page and as a chart that is readable on light and dark backgrounds.
import { median } from '../fixture.mjs';
import { titles } from './workloads.mjs';

/** The targets: the product's share of the limit's throughput, and its multiple of PostGraphile's. */
export const goals = {
  W1: { ofLimit: 1, againstPeer: 4 },
  W2: { ofLimit: 0.55, againstPeer: 3 },
  W3: { ofLimit: 1, againstPeer: 2 },
  W4: { ofLimit: 0.5, againstPeer: 1.9 },
  W5: { ofLimit: 0.8, againstPeer: 2.5 },
  W6: { ofLimit: 0.25, againstPeer: 0.4 },
};

/** The headings of what `figuresOf` returns. */
export const figureHeads = (base) => [
  'req/s',
  `of ${base}`,
  'p50',
  'p99',
  'server',
  'database',
  'kB',
  'spread',
  'others',
  'errors',
];

/** A summary as a table row: throughput also as a share of another summary's, times and CPU in milliseconds. */
export const figuresOf = (of, base) => [
  of.perSecond.toFixed(1),
  (of.perSecond / base.perSecond).toFixed(3),
  of.p50.toFixed(2),
  of.p99.toFixed(2),
  of.serverCpu.toFixed(2),
  of.databaseCpu.toFixed(2),
  (of.bytes / 1000).toFixed(1),
  `${Math.round(100 * of.spread)} %`,
  of.others.toFixed(2),
  of.errors,
];

/** The medians of one contender's slices, and the spread of their throughput. */
export function summary(slices) {
  const of = (name) => median(slices.map((slice) => slice[name]));
  const rates = slices.map(({ perSecond }) => perSecond);
  return {
    ...Object.fromEntries(
      ['perSecond', 'p50', 'p99', 'bytes', 'serverCpu', 'databaseCpu', 'others'].map((name) => [name, of(name)]),
    ),
    peakMemory: Math.max(...slices.map(({ peakMemory }) => peakMemory)),
    spread: (Math.max(...rates) - Math.min(...rates)) / of('perSecond'),
    errors: slices.reduce((sum, { errors }) => sum + errors.length, 0),
  };
}

const number = (value, digits = value >= 100 ? 0 : value >= 10 ? 1 : 2) =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
const percent = (value) => `${Math.round(100 * value)} %`;
const cpuOf = ({ serverCpu, databaseCpu }) => serverCpu + databaseCpu;
const markdown = (head, rows) =>
  [head, head.map((_, n) => (n === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** @param results by workload, connections and letter */
function everything({ results, contenders, workloads, connections }) {
  const most = connections.at(-1);
  const head = [
    '',
    `req/s c${connections.join(' / c')}`,
    'of L',
    'p50 ms',
    'p99 ms',
    `CPU-s per 1,000 at c${most}: server + PostgreSQL`,
    'CPU of L ÷ its own',
    'kB',
    'peak MB',
    'spread',
    'errors',
    'other cores busy',
  ];
  const rows = workloads.flatMap((workload) =>
    contenders.map(({ letter }) => {
      const of = (count, who = letter) => results[workload][count][who];
      const each = (what) => connections.map(what).join(' / ');
      const last = of(most);
      return [
        `${workload} ${letter}`,
        each((count) => number(of(count).perSecond)),
        each((count) => number(of(count).perSecond / of(count, 'L').perSecond, 2)),
        each((count) => number(of(count).p50, 1)),
        each((count) => number(of(count).p99, 1)),
        `${number(last.serverCpu)} + ${number(last.databaseCpu)}`,
        number(cpuOf(of(most, 'L')) / cpuOf(last), 2),
        number(last.bytes / 1000, 1),
        number(last.peakMemory, 0),
        percent(last.spread),
        connections.reduce((sum, count) => sum + of(count).errors, 0),
        number(last.others, 2),
      ];
    }),
  );
  return markdown(head, rows);
}

function heldAgainst({ results, workloads, connections }) {
  const most = connections.at(-1);
  const rows = workloads.map((workload) => {
    const { L, C, P } = results[workload][most];
    const { ofLimit, againstPeer } = goals[workload];
    const share = P.perSecond / L.perSecond;
    const times = P.perSecond / C.perSecond;
    const met = (value, goal) => (value >= goal ? 'yes' : 'no');
    return [
      `${workload}: ${titles[workload]}`,
      number(P.perSecond),
      number(share, 2),
      ofLimit,
      met(share, ofLimit),
      `${number(times, 2)}×`,
      `${againstPeer}×`,
      met(times, againstPeer),
    ];
  });
  return markdown(['', 'req/s', 'of L', 'goal', 'met', 'against PostGraphile', 'goal', 'met'], rows);
}

/** The whole page. */
export function page(measured) {
  const { contenders, workloads, settings, picture } = measured;
  const isComplete = ['L', 'C', 'P'].every((letter) => contenders.some((one) => one.letter === letter));
  return `# Against its peers

Written by \`npm run bench -- peers\`. ${settings}

${contenders.map(({ letter, title }) => `${letter}: ${title}`).join(' · ')}.

${workloads.map((workload) => `- **${workload}**: ${titles[workload]}`).join('\n')}

All of them gave the same answers to the same questions before they were measured; only that the product says a diff by the paths of
fields, which is less text, and in W4 the status of then. It checks who asks and what they may see, and captures each write in its log;
the others do neither.
${picture ? `\n![Requests a second as a share of the limit's](${picture})\n` : ''}${isComplete ? `\n## Against the goals (c${measured.connections.at(-1)})\n\n${heldAgainst(measured)}\n` : ''}
## All of it

${everything(measured)}

Requests a second and times are medians of the rounds; the spread is that of requests a second, from the slowest round to the
fastest. "Other cores busy" is what neither the server nor PostgreSQL nor the driver used: what is above 0.3 was disturbed. CPU is that
of all threads of the server, and of all processes of PostgreSQL. L gives no errors of its own and speaks no GraphQL: it is no
product, but what would be left if everything else cost nothing.
`;
}

const BAR = 13;
const GAP = 18;
const LEFT = 46;
const WIDTH = 640;
/** Colours that can be distinguished on white and on black, also with impaired colour vision. */
const colours = { L: '#8a8f98', C: '#d08700', M: '#0a9d6c', A: '#b2558b', P: '#2f7fd6' };

/** Bars of throughput, as a share of the limit's. */
export function picture({ results, contenders, workloads, connections }) {
  const most = connections.at(-1);
  const shares = workloads.map((workload) =>
    contenders.map(({ letter }) => ({
      letter,
      share: results[workload][most][letter].perSecond / results[workload][most].L.perSecond,
    })),
  );
  const largest = Math.max(1, ...shares.flat().map(({ share }) => share));
  const scale = (WIDTH - LEFT - 60) / largest;
  const groupHeight = contenders.length * BAR + GAP;
  const height = 40 + workloads.length * groupHeight;
  const text = (x, y, content, more = '') => `<text x="${x}" y="${y}"${more}>${content}</text>`;
  const legend = contenders.map(
    ({ letter, name }, n) =>
      `<rect x="${LEFT + n * 118}" y="8" width="10" height="10" fill="${colours[letter]}"/>` +
      text(LEFT + 15 + n * 118, 17, name),
  );
  const groups = shares.flatMap((bars, group) => {
    const top = 34 + group * groupHeight;
    const middle = top + (contenders.length * BAR) / 2 + 4;
    return [
      text(8, middle, workloads[group], ' font-weight="bold"'),
      ...bars.flatMap(({ letter, share }, n) => {
        const width = Math.max(1, share * scale);
        const y = top + n * BAR;
        return [
          `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${colours[letter]}"/>`,
          text((LEFT + width + 5).toFixed(1), y + BAR - 4, share.toFixed(2)),
        ];
      }),
    ];
  });
  const limit = (LEFT + scale).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>Requests a second at ${most} connections, as a share of the limit's</title>
<style>text { font: 10px system-ui, sans-serif; fill: #57606a } @media (prefers-color-scheme: dark) { text { fill: #c9d1d9 } }</style>
${legend.join('\n')}
<line x1="${limit}" y1="28" x2="${limit}" y2="${height - 8}" stroke="${colours.L}" stroke-dasharray="3 3"/>
${groups.join('\n')}
</svg>
`;
}
