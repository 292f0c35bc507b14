import type { Ledger, Part } from '../../theory/claims/claim.js';
import { verdictHtml } from '../figures/ledger.js';
import { formatFailure, formatInterval, formatNumber } from '../format.js';
import { headline } from '../headline.js';
import { formula } from '../page/formula.js';
import { type Html, html } from '../page/html.js';
import type { TheoryFigures } from './compute.js';
import type { TheorySettings } from './settings.js';

/** What was found, in sentences made from the numbers: the counts, then the statements, then the proofs' construction. */
export function findings(settings: TheorySettings, ledger: Ledger, figures: TheoryFigures): Html[] {
  return [
    counts(ledger),
    ...statements(ledger),
    ...construction(figures),
    wholeNetworks(settings, figures),
    gain(settings, figures),
  ];
}

function counts(ledger: Ledger): Html {
  const names = (part: Part) =>
    ledger.claims
      .filter((claim) => claim.part === part && claim.verdict === 'refuted')
      .map(
        (claim, i) =>
          html`${i === 0 ? '' : ', '}<a href="#claim-${claim.id}">${formula(claim.source.replace(/^paper, (?:proof of )?/, ''))}</a>`,
      );
  const listed = (label: string, part: Part) => {
    const list = names(part);
    return list.length === 0 ? html`` : html` ${label}: ${list}.`;
  };
  return html`<b>${headline(ledger)}</b>${listed('Statements', 'statement')}${listed('Steps of proofs', 'proof')}${listed('Misprints', 'misprint')}`;
}

function statements({ claims }: Ledger): Html[] {
  return claims
    .filter(({ part }) => part === 'statement')
    .map((claim) => html`${verdictHtml(claim.verdict)}: ${formula(claim.finding)}`);
}

function construction({ failure }: TheoryFigures): Html[] {
  const panel = failure[0];
  if (panel === undefined) return [];
  const points = panel.weights.flatMap(({ weight, rows }) => rows.map((row) => ({ weight, ...row })));
  const worst = points.reduce((a, b) => (b.failure > a.failure ? b : a));
  const first = points.filter((p) => p.failure > panel.delta).sort((a, b) => a.R - b.R)[0];
  if (first === undefined)
    return [
      html`<b>The proof of Proposition 4.3, its construction:</b> at the proposition’s width it fails with probability at most ${formatNumber(worst.failure)}, within the promised <i>δ</i> = ${panel.delta}.`,
    ];
  return [
    html`<b>The proof of Proposition 4.3, its construction:</b> at the width the proposition asks for, it misses one weight with probability up to ${formatNumber(worst.failure)} (<i>w</i> = ${worst.weight}, <i>R</i> = ${worst.R}, exact), where <i>δ</i> = ${panel.delta} is promised. The promise first breaks at <i>R</i> = ${first.R}, <i>w</i> = ${first.weight}: ${formatNumber(first.failure)}.`,
  ];
}

function wholeNetworks({ delta }: TheorySettings, { networks }: TheoryFigures): Html {
  const panel = networks.at(-1)!;
  const largest = Math.max(...panel.simulated.map((row) => row.R));
  const [paper, corrected] = (['paper', 'corrected'] as const).map(
    (bound) => panel.simulated.find((row) => row.bound === bound && row.R === largest)!,
  );
  const tell = (row: typeof paper) =>
    html`fails with probability ${formatFailure(row!.exact)} (exact; ${row!.simulated.successes} of ${row!.simulated.trials} simulated trials succeed, success in ${formatInterval(row!.simulated.interval)})`;
  return html`<b>The proof of Theorem 4.1, a ${panel.widths.join('–')} target:</b> at <i>R</i> = ${formatNumber(largest)}, where “in particular” calls <i>D</i><sub><i>i</i></sub> = 2<i>d</i><sub><i>i</i>−1</sub> enough, the construction ${tell(paper)}; <i>δ</i> = ${delta} is promised. At the corrected theorem’s widths (<i>D</i><sub>1</sub> = ${formatNumber(corrected!.hidden[0]!)} instead of ${formatNumber(paper!.hidden[0]!)}) it ${tell(corrected)}. A failure is an entry off by more than its tolerance, not an error above <i>ε</i>.`;
}

function gain({ delta }: TheorySettings, { leastWidth }: TheoryFigures): Html {
  const hardest = leastWidth.find((panel) => panel.weight === 1) ?? leastWidth[0]!;
  const { rows } = hardest;
  const two = rows.find((row) => row.exact === 2);
  const covered = leastWidth.every((panel) => panel.rows.every((row) => row.exact <= row.corrected));
  const ratio = Math.max(...rows.map((row) => row.exact / row.paper));
  return html`<b>What stands:</b> re-sampling does replace width. For one weight (<i>w</i> = ${hardest.weight}, success ${1 - delta}) the least width falls from ${formatNumber(rows[0]!.exact)} at <i>R</i> = 1 ${two === undefined ? html`to ${formatNumber(rows.at(-1)!.exact)} at <i>R</i> = ${formatNumber(rows.at(-1)!.R)}` : html`to 2 by <i>R</i> = ${formatNumber(two.R)}`}, as <i>R</i><sup>−2</sup> while <i>Rt</i>/4 ≪ 1; where it reaches a few neurons it takes up to ${formatNumber(ratio)} times the proposition’s width.${covered ? ' The corrected count is enough everywhere.' : ''}`;
}
