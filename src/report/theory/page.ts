import { createRequire } from 'node:module';
import type { Ledger } from '../../theory/claims/claim.js';
import { failureFigure, failureTable } from '../figures/failure.js';
import { failureMapFigure, failureMapTable } from '../figures/failure-map.js';
import { leastWidthFigure, leastWidthTable } from '../figures/least-width.js';
import { ledgerHtml } from '../figures/ledger.js';
import { networksFigure, networksTable } from '../figures/networks.js';
import { widthLawFigure, widthLawTable } from '../figures/width-law.js';
import { formatNumber } from '../format.js';
import { html } from '../page/html.js';
import type { ReportPage, Section } from '../page/section.js';
import type { TheoryFigures } from './compute.js';
import { findings } from './findings.js';
import type { TheorySettings } from './settings.js';

/** The theory report's page. */
export function theoryPage(settings: TheorySettings, ledger: Ledger, figures: TheoryFigures): ReportPage {
  const command = `iterand report --seed ${settings.seed} --alpha ${settings.alpha}`;
  const made = {
    command,
    seed: settings.seed,
    alpha: settings.alpha,
    figures: { intervals: figures.intervals, alphaEach: figures.alphaEach },
    versions: versions(),
  };
  const data = (name: string, about: string, rest: object) => ({
    file: `${name}.json`,
    json: { about, ...made, epsilon: settings.epsilon, delta: settings.delta, ...rest },
  });
  const [lead, ...sections] = [
    widthLawSection(figures),
    failureSection(settings, figures),
    leastWidthSection(settings, figures),
    mapSection(settings, figures),
    networksSection(settings, figures),
    ledgerSection(ledger),
  ].map(({ about, series, ...section }) => ({
    ...section,
    command,
    data: data(section.id, about, series),
  })) as [ReportPage['lead'], ...Section[]];
  return {
    folder: 'theory',
    title: 'Is Theorem 4.1 true, and how tight is it?',
    lead,
    subtitle: html`Section 4 of <i>Pruning Randomly Initialized Neural Networks with Iterative Randomization</i> (Chijiwa et al., 2021), held against exact probabilities and simulation.`,
    findings: findings(settings, ledger, figures),
    sections,
    provenance: html`Made by <code>${command}</code>. Intervals are Clopper–Pearson, Bonferroni-corrected: the ledger’s ${ledger.intervals} miss a truth with probability at most ${formatNumber(ledger.alpha)} together, the figures’ ${figures.intervals} with at most ${formatNumber(settings.alpha)} together, ${formatNumber(figures.alphaEach)} each, those of the first figure (${figures.law.intervals}) with at most ${formatNumber(settings.alpha)} together. The weights are uniform on [−1, 1]. ${Object.entries(
      made.versions,
    )
      .map((entry) => entry.join(' '))
      .join(', ')}.`,
  };
}

type TheorySection = Omit<Section, 'command' | 'data'> & {
  /** What the data file holds, and its series. */
  readonly about: string;
  readonly series: object;
};

function widthLawSection({ law }: TheoryFigures): TheorySection {
  const at = (R: number) => law.network.rows.find((row) => row.R === R)!;
  const [one, many] = [at(1), law.network.rows.at(-1)!];
  return {
    id: 'width-law',
    title: 'How the width shrinks under re-sampling',
    caption: html`What the paper leaves open: under re-sampling about log(1/<i>t</i>)/log(1+<i>R</i>) + log(1/<i>δ</i>)/<i>R</i> neurons for each weight are enough, and up to constants needed. Left: one weight with failure at most ${law.delta}. Right: a whole network; at <i>R</i> = ${formatNumber(many.R)} the theorem under re-sampling asks for <i>D</i><sub>1</sub> = ${formatNumber(many.resampled)} where the corrected theorem asks for ${formatNumber(many.corrected)}; at <i>R</i> = 1 for ${formatNumber(one.resampled)} in place of ${formatNumber(one.corrected)}. Curves are the closed forms.`,
    figure: widthLawFigure(law),
    table: widthLawTable(law),
    about:
      'Neurons for one weight by every strategy and bound against R, and hidden width of a network by every bound',
    series: { law },
  };
}

function failureSection(settings: TheorySettings, { failure, alphaEach }: TheoryFigures): TheorySection {
  return {
    id: 'failure',
    title: 'The promise of Proposition 4.3',
    caption: html`The probability that one target weight is missed at the width that Proposition 4.3 asks for, <i>ε</i> = ${settings.epsilon}. A curve above the dashed line breaks the promise <i>δ</i>: that of “all subnetworks”, the best that any choice of mask and samples can do with two hidden neurons, breaks the proposition itself; the others break its proof’s construction alone. The teeth are the width’s rounding; where it reaches two neurons the curves fall as <i>R</i> grows.`,
    figure: failureFigure(failure),
    table: failureTable(failure, alphaEach),
    about:
      'Failure probability at the width of Proposition 4.3 against R: exact, and simulated with intervals',
    series: { panels: failure },
  };
}

function leastWidthSection(
  settings: TheorySettings,
  { leastWidth, alphaEach }: TheoryFigures,
): TheorySection {
  return {
    id: 'least-width',
    title: 'The least width',
    caption: html`How wide the hidden layer must be for one target weight to be met with probability ${1 - settings.delta}, <i>ε</i> = ${settings.epsilon}. In the shaded part the paper’s width is below what its construction needs. The corrected count is exact at |<i>w</i>| = 1 but for its union bound over the two signs.`,
    figure: leastWidthFigure(leastWidth),
    table: leastWidthTable(leastWidth, alphaEach),
    about:
      'Hidden width D against R: the paper, the corrected count, the exact least width, simulated brackets',
    series: { panels: leastWidth },
  };
}

function mapSection(settings: TheorySettings, { maps }: TheoryFigures): TheorySection {
  return {
    id: 'failure-map',
    title: 'Failure over width and re-sampling',
    caption: html`The exact probability that the construction misses one weight, <i>t</i> = <i>ε</i> = ${settings.epsilon}, with <i>n</i> neurons per side (<i>D</i> = 2<i>n</i>). The proposition’s line is straight, <i>n</i> ∝ <i>R</i><sup>−2</sup>; what is needed bends away from it as <i>Rt</i>/4 nears 1, because the <i>R</i><sup>2</sup> pairs of a neuron share their samples.`,
    figure: failureMapFigure(maps),
    table: failureMapTable(maps),
    about: 'Exact failure probability of the construction for one weight over neurons per side n and R',
    series: { maps },
  };
}

function networksSection(settings: TheorySettings, { networks, alphaEach }: TheoryFigures): TheorySection {
  return {
    id: 'networks',
    title: 'Whole networks',
    caption: html`Gaussian targets of norm 1 per layer, <i>ε</i> = ${settings.epsilon}, at each theorem’s own widths and tolerances: the probability that some entry is off by more than its tolerance, which need not make the error exceed <i>ε</i>. <i>R</i>* is the <i>R</i> from which Theorem 4.1 calls the least width enough. The curve rises by a tooth each time a layer’s blocks lose a neuron to the rounding of the theorem’s width. Lines are exact, points simulated in the exact law of the outcome at the full width.`,
    figure: networksFigure(networks, settings.delta),
    table: networksTable(networks, settings.delta, alphaEach),
    about: 'Failure of the construction for whole Gaussian targets at the widths of two theorems against R',
    series: { panels: networks },
  };
}

function ledgerSection(ledger: Ledger): TheorySection {
  const each = formatNumber(ledger.alpha / Math.max(1, ledger.intervals));
  return {
    id: 'ledger',
    title: 'Claim by claim',
    caption: html`Every claim, how it was decided, and the numbers that decide; the proofs stand in docs/theory.md. What the paper states is judged over all subnetworks; a false step of a proof says nothing of the statement, and a misprint nothing of either. ${ledger.intervals} intervals share the error level ${formatNumber(ledger.alpha)}, ${each} each.`,
    body: ledgerHtml(ledger),
    about: 'The claims ledger',
    series: { ledger },
  };
}

/** Of this package and of those whose numbers it shows. */
function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const own: unknown = require('../../../package.json');
  const { version, dependencies } = own as { version: string; dependencies: Record<string, string> };
  const shown = Object.entries(dependencies).filter(([name]) => /^(@stdlib\/|plotly)/.test(name));
  return { iterand: version, ...Object.fromEntries(shown) };
}
