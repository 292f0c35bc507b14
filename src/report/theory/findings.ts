import type { Claim, Ledger } from '../../theory/claims/claim.js';
import { formatFailure, formatInterval, formatNumber } from '../format.js';
import { formula } from '../page/formula.js';
import { type Html, html } from '../page/html.js';
import type { TheoryFigures } from './compute.js';
import type { TheorySettings } from './settings.js';

/** The first screen: what was found, in sentences made from the numbers. */
export function findings(settings: TheorySettings, ledger: Ledger, figures: TheoryFigures): Html[] {
  return [
    verdicts(ledger),
    ...construction(figures),
    ...existence(figures),
    wholeNetworks(settings, figures),
    gain(settings, figures),
  ];
}

function verdicts({ claims }: Ledger): Html {
  const count = (...wanted: Claim['verdict'][]) => claims.filter((c) => wanted.includes(c.verdict)).length;
  const refuted = claims.filter((claim) => claim.verdict === 'refuted');
  const names = refuted.map(
    (claim, i) =>
      html`${i === 0 ? '' : ', '}<a href="#claim-${claim.id}">${formula(claim.source.replace(/^paper, /, ''))}</a>`,
  );
  const open = count('undecided') === 0 ? '' : `, ${count('undecided')} undecided`;
  return html`<b>${claims.length} claims:</b> ${count('holds')} proved, ${count('consistent')} consistent with everything tried, <span class="bad">${refuted.length} refuted</span>${open}.${refuted.length === 0 ? '' : html` Refuted: ${names}.`}`;
}

function construction({ failure }: TheoryFigures): Html[] {
  const panel = failure[0];
  if (panel === undefined) return [];
  const points = panel.weights.flatMap(({ weight, rows }) => rows.map((row) => ({ weight, ...row })));
  const worst = points.reduce((a, b) => (b.failure > a.failure ? b : a));
  const first = points.filter((p) => p.failure > panel.delta).sort((a, b) => a.R - b.R)[0];
  if (first === undefined)
    return [
      html`<b>Proposition 4.3, the construction:</b> at the proposition’s width it fails with probability at most ${formatNumber(worst.failure)}, within the promised <i>δ</i> = ${panel.delta}.`,
    ];
  return [
    html`<b>Proposition 4.3, the construction:</b> at the width the proposition asks for, it misses one weight with probability up to ${formatNumber(worst.failure)} (<i>w</i> = ${worst.weight}, <i>R</i> = ${worst.R}, exact), where <i>δ</i> = ${panel.delta} is promised. The promise first breaks at <i>R</i> = ${first.R}, <i>w</i> = ${first.weight}: ${formatNumber(first.failure)}.`,
  ];
}

function existence({ failure }: TheoryFigures): Html[] {
  const broken = failure.flatMap(({ delta, existence }) => {
    const worst = existence.rows[0];
    const simulated = existence.simulated[0];
    return worst !== undefined && simulated !== undefined && worst.failure > delta
      ? [{ delta, worst, simulated }]
      : [];
  });
  return broken
    .slice(0, 1)
    .map(
      ({ delta, worst, simulated }) =>
        html`<b>Proposition 4.3, any subnetwork:</b> at <i>w</i> = 1, <i>R</i> = ${worst.R}, <i>δ</i> = ${delta} it asks for two hidden neurons. With probability ${formatNumber(worst.failure)} none of their subnetworks is within <i>ε</i> (exact; simulated in ${formatInterval(simulated.interval)}).`,
    );
}

function wholeNetworks({ delta }: TheorySettings, { networks }: TheoryFigures): Html {
  const panel = networks.at(-1)!;
  const largest = Math.max(...panel.simulated.map((row) => row.R));
  const [paper, corrected] = (['paper', 'corrected'] as const).map(
    (bound) => panel.simulated.find((row) => row.bound === bound && row.R === largest)!,
  );
  const tell = (row: typeof paper) =>
    html`fails with probability ${formatFailure(row!.exact)} (exact; ${row!.simulated.successes} of ${row!.simulated.trials} simulated trials succeed, success in ${formatInterval(row!.simulated.interval)})`;
  return html`<b>Theorem 4.1, a ${panel.widths.join('–')} target:</b> at <i>R</i> = ${formatNumber(largest)}, where “in particular” calls <i>D</i><sub><i>i</i></sub> = 2<i>d</i><sub><i>i</i>−1</sub> enough, the construction ${tell(paper)}; <i>δ</i> = ${delta} is promised. At the corrected theorem’s widths (<i>D</i><sub>1</sub> = ${formatNumber(corrected!.hidden[0]!)} instead of ${formatNumber(paper!.hidden[0]!)}) it ${tell(corrected)}.`;
}

function gain({ delta }: TheorySettings, { leastWidth }: TheoryFigures): Html {
  const hardest = leastWidth.find((panel) => panel.weight === 1) ?? leastWidth[0]!;
  const { rows } = hardest;
  const two = rows.find((row) => row.exact === 2);
  const covered = leastWidth.every((panel) => panel.rows.every((row) => row.exact <= row.corrected));
  const ratio = Math.max(...rows.map((row) => row.exact / row.paper));
  return html`<b>What stands:</b> re-sampling does replace width. For one weight (<i>w</i> = ${hardest.weight}, success ${1 - delta}) the least width falls from ${formatNumber(rows[0]!.exact)} at <i>R</i> = 1 ${two === undefined ? html`to ${formatNumber(rows.at(-1)!.exact)} at <i>R</i> = ${formatNumber(rows.at(-1)!.R)}` : html`to 2 by <i>R</i> = ${formatNumber(two.R)}`}, as <i>R</i><sup>−2</sup> while <i>Rt</i>/4 ≪ 1; where it reaches a few neurons it takes up to ${formatNumber(ratio)} times the proposition’s width.${covered ? ' The corrected count is enough everywhere.' : ''}`;
}
