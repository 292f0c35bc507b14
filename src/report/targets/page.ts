import type { Data } from 'plotly.js-dist';
import { formatPercent } from '../../core/format.js';
import { line, panelLayout } from '../figures/layout.js';
import { formatBound, formatInterval, formatNumber } from '../format.js';
import { type Html, html } from '../page/html.js';
import type { Figure, Panel, ReportPage, Table } from '../page/section.js';
import type { Schedule, SubnetworkRow, TargetFigures, TargetSettings } from './compute.js';

const NAMES: Readonly<Record<Schedule, string>> = {
  theorem: 'tolerances of the theorem',
  coarse: 'coarse tolerances',
};

/** What is the same for all parts of the page. */
export interface TargetAbout {
  /** The training run. */
  readonly run: string;
  readonly network: string;
}

/** The page of a trained target. */
export function targetPage(
  about: TargetAbout,
  settings: Omit<TargetSettings, 'workers'>,
  figures: TargetFigures,
): ReportPage {
  const command = `iterand report --targets --seed ${settings.seed}`;
  const { widths, scale, examples } = figures;
  return {
    folder: 'targets',
    title: 'A trained network as the target: when does pruning with re-sampling pay?',
    answer: answer(figures),
    lead: {
      id: 'bits',
      title: 'Bits that name the subnetwork',
      caption: html`Bits for each weight of f that name the subnetwork (mask and sample indices, arithmetically coded) against R, beside f itself rounded so that no entry moves by more than the same tolerance, coded too. A point is a draw in which every weight is served. Left the tolerances by which the theorem promises ε = ${settings.epsilon}, right half of a layer’s root mean square weight. Layer 1 has a block for x and one for −x, and both are named; on digits the first alone is used, so that half of the bits would do there at best.`,
      figure: bitsFigure(figures),
      table: bitsTable(figures),
      command,
      data: {
        file: 'targets.json',
        json: {
          about: 'A trained network as a target: widths, brackets, accuracy, bits',
          command,
          ...about,
          ...settings,
          ...figures,
        },
      },
    },
    subtitle: html`${about.network} (${widths.join('–')}, no biases) trained by SGD on MNIST digits, run <code>${about.run}</code>: f = c f′ with norms of f′ equal to 1 and c = ${formatNumber(scale)}. Subnetworks approximate f′; the class of a digit does not depend on c. Accuracy is over the ${examples.toLocaleString('en')} test digits.`,
    findings: [],
    sections: [
      {
        id: 'widths',
        title: 'Widths, errors, accuracy',
        caption: html`Sums over neurons (subset-sum-fixed: each neuron with its largest u), every block drawn and searched: n is the most neurons that a block needed in this draw, beside the n by which the theorem promises success with probability ${1 - settings.delta}. The bracket is certified: sup ‖f′ − g<sub>M</sub>‖₂ over the whole cube lies in it.`,
        table: widthsTable(figures),
        command,
      },
      {
        id: 'projection',
        title: 'The paper’s construction on the same target',
        caption: html`The projection map serves a weight by one neuron with u near ±1. Its least n for this target is from the exact probability: each layer fails with probability at most δ/${widths.length - 1}. Such widths cannot be drawn; accuracy is of one outcome drawn in law.`,
        table: projectionTable(figures),
        command,
      },
    ],
    provenance: html`Made by <code>${command}</code>. The bits of a training step depend on the processor, so another machine gives other last digits; the brackets depend on how much is done in ${settings.bracketSeconds} s.`,
  };
}

const bits = (bytes: number, { weights }: TargetFigures): number => (8 * bytes) / weights;
const percent = (hits: number, { examples }: TargetFigures): string => formatPercent(hits / examples);
/** Subnetworks that serve every weight: what names the others does not name f. */
const served = ({ subnetworks }: TargetFigures): readonly SubnetworkRow[] =>
  subnetworks.filter(({ unserved }) => unserved === 0);
const rowsOf = (figures: TargetFigures, schedule: Schedule): readonly SubnetworkRow[] =>
  served(figures).filter((row) => row.schedule === schedule);
const roundedOf = ({ stored }: TargetFigures, schedule: Schedule) =>
  stored.find(({ name }) =>
    name.startsWith(`rounded within the ${schedule === 'coarse' ? 'coarse ' : ''}tolerances`),
  )!;

/** The main finding, made from the numbers. */
function answer(figures: TargetFigures): Html {
  const parts = (['theorem', 'coarse'] as const).map((schedule) => {
    if (rowsOf(figures, schedule).length === 0)
      return html`At the ${NAMES[schedule]} no draw served every weight. `;
    const all = rowsOf(figures, schedule).map(({ bytes }) => bits(bytes, figures));
    const rounded = bits(roundedOf(figures, schedule).bytes, figures);
    return html`At the ${NAMES[schedule]} a subnetwork takes <b>${range(all)}</b> bits a weight, and f rounded as finely <b>${rounded.toFixed(1)}</b>. `;
  });
  const all = served(figures).map(({ bytes }) => bytes);
  const float32 = all.filter((bytes) => 8 * bytes < 32 * figures.weights).length;
  const rounded = served(figures).filter(
    ({ schedule, bytes }) => bytes < roundedOf(figures, schedule).bytes,
  ).length;
  return html`${parts}Naming a subnetwork takes less than float32, 32 bits a weight, in ${float32} of ${all.length} cases, and less than rounding f to the same precision in ${rounded}: the random network is free, but so many choices have to be named that each weight comes within its tolerance, and a weight rounded to that tolerance is named by fewer bits.`;
}

const range = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;

function bitsFigure(figures: TargetFigures): Figure {
  return {
    legend: [
      { label: html`subnetwork`, colour: '$paper', mark: 'line' },
      { label: html`f rounded within the same tolerances`, colour: '$corrected', mark: 'dashed' },
      { label: html`float32`, colour: '$muted', mark: 'dotted' },
    ],
    panels: (['theorem', 'coarse'] as const).map((schedule) => bitsPanel(figures, schedule)),
  };
}

function bitsPanel(figures: TargetFigures, schedule: Schedule): Panel {
  const rows = rowsOf(figures, schedule);
  const R = rows.map(({ resamplings }) => resamplings);
  const rounded = bits(roundedOf(figures, schedule).bytes, figures);
  const all = rows.map(({ bytes }) => bits(bytes, figures));
  const tried = figures.subnetworks.map(({ resamplings }) => resamplings);
  const ends = [Math.min(...tried), Math.max(...tried)];
  return {
    title: html`${NAMES[schedule]}`,
    layout: panelLayout(
      { title: 'R, samples per entry', log: true, range: [0.9 * ends[0]!, 1.2 * ends[1]!] },
      { title: 'bits a weight', range: [0, 1.1 * Math.max(32, ...all)] },
    ),
    data: [
      { ...line(R, all, '$paper', 'R = %{x}: %{y:.2f} bits'), mode: 'lines+markers' } as Data,
      line(ends, [rounded, rounded], '$corrected', 'rounded: %{y:.2f} bits', { dash: 'dash' }),
      line(ends, [32, 32], '$muted', 'float32', { dash: 'dot' }),
    ],
  };
}

function bitsTable(figures: TargetFigures): Table {
  const subnetworks = figures.subnetworks.map((row) => [
    html`subnetwork, ${NAMES[row.schedule]}, R = ${row.resamplings}${row.unserved === 0 ? '' : ` (${row.unserved.toLocaleString('en')} entries not served)`}`,
    html`${row.bytes.toLocaleString('en')}`,
    html`${bits(row.bytes, figures).toFixed(2)}`,
    html`${percent(row.hits, figures)}`,
  ]);
  const stored = figures.stored.map(({ name, bytes, hits }) => [
    html`f, ${name}`,
    html`${bytes.toLocaleString('en')}`,
    html`${bits(bytes, figures).toFixed(2)}`,
    html`${percent(hits, figures)}`,
  ]);
  return {
    caption: html`Bytes, bits for each of the ${figures.weights.toLocaleString('en')} weights, and accuracy`,
    head: [html`what is stored`, html`bytes`, html`bits a weight`, html`accuracy`],
    rows: [...stored, ...subnetworks],
  };
}

function widthsTable(figures: TargetFigures): Table {
  return {
    caption: html`Least neurons a block in one draw, and what they give; f itself has accuracy ${percent(figures.hits, figures)}`,
    head: [
      'tolerances',
      'R',
      'n, layer by layer',
      'promised n',
      'hidden widths',
      'not served',
      'bracket',
      'proof',
      'accuracy of g_M',
    ].map((text) => html`${text}`),
    rows: figures.subnetworks.map((row) => [
      html`${NAMES[row.schedule]} (${row.tolerances.map(formatNumber).join(', ')})`,
      html`${row.resamplings}`,
      html`${row.neurons.join(', ')}`,
      html`${row.promised?.join(', ') ?? '–'}`,
      html`${row.hidden.map((width) => width.toLocaleString('en')).join(', ')}`,
      html`${row.unserved.toLocaleString('en')}`,
      html`${row.bracket === undefined ? '–' : formatInterval({ low: row.bracket.lower, high: row.bracket.upper })}`,
      html`${row.bracket === undefined ? '–' : formatBound(row.bracket.proof, 'upper')}`,
      html`${percent(row.hits, figures)}`,
    ]),
  };
}

function projectionTable(figures: TargetFigures): Table {
  return {
    caption: html`Least neurons a block by the exact probability, at the tolerances of the theorem`,
    head: ['R', 'n, layer by layer', 'hidden widths', 'accuracy of g_M'].map((text) => html`${text}`),
    rows: figures.projection.map(({ resamplings, neurons, hidden, hits }) => [
      html`${resamplings}`,
      html`${neurons.map(formatNumber).join(', ')}`,
      html`${hidden.map(formatNumber).join(', ')}`,
      html`${percent(hits, figures)}`,
    ]),
  };
}
