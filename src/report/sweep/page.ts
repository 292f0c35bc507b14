import { duration, formatPercent } from '../../core/format.js';
import { runText, type SweepPlan } from '../../sweep/plan.js';
import type { RunStatus, SweepStatus } from '../../sweep/status.js';
import { type Html, html, raw } from '../page/html.js';
import { style } from '../page/style.js';

/** Rows of the table at most; the runs that are worked on come first. */
const MOST_ROWS = 500;
const ORDER: readonly RunStatus['state'][] = [
  'running',
  'failed',
  'damaged',
  'stopped',
  'finished',
  'planned',
];

const own = `
.wide { max-width: none; }
.bar { height: 14px; border: 1px solid var(--rule); border-radius: 7px; overflow: hidden; }
.bar div { height: 100%; background: var(--corrected); }
progress { width: 90px; vertical-align: middle; }
td.number, th.number { text-align: right; }
`;

/**
 * A page that shows how far a sweep is: one file, no scripts. A browser loads it again by itself while runs are open.
 *
 * @param now when it was written, for the reader
 */
export function sweepPage(plan: SweepPlan, status: SweepStatus, now: Date): string {
  const { runs, counts, left } = status;
  const open = counts.running + counts.planned + counts.stopped;
  const done = runs.reduce((sum, { done, units }) => sum + done / units, 0) / runs.length;
  const share = `${(100 * done).toFixed(1)} %`;
  const rows = [...runs].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state)).slice(0, MOST_ROWS);
  const title = `${plan.name}: ${counts.finished} of ${runs.length} runs`;
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${open > 0 ? raw('<meta http-equiv="refresh" content="10">\n') : raw('')}<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(style + own)}</style>
</head>
<body>
<div class="wrap">
<header>
<h1>${title}</h1>
${plan.description === undefined ? raw('') : html`<p>${plan.description}</p>\n`}<p class="answer">${answer(status)}</p>
</header>
<main>
<div class="bar" role="progressbar" aria-label="all ${plan.kind.unit}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="${Math.floor(100 * done)}"><div style="width:${share}"></div></div>
<p class="source">${share} of all ${plan.kind.unit}${left === undefined || left === 0 ? '' : `; about ${duration(left)} left at the present pace`}. Written ${now.toISOString()}.</p>
<section aria-label="Runs">
<div class="scroll" tabindex="0" role="region" aria-label="runs"><table>
<caption>${rows.length === runs.length ? `All ${runs.length} runs` : `${rows.length} of ${runs.length} runs, those that are worked on first`}</caption>
<thead><tr><th scope="col">run</th><th scope="col">state</th><th scope="col">${plan.kind.unit}</th><th scope="col" class="number">now</th><th scope="col" class="number">result</th><th scope="col">left</th></tr></thead>
<tbody>
${rows.map((row) => rowOf(row))}</tbody>
</table></div>
</section>
</main>
<footer>The states are read from the run folders, whoever carries the runs out. The table’s accuracies are those of the validation split now, and of the test split as the result.</footer>
</div>
</body>
</html>
`.markup
  }`;
}

function answer({ runs, counts }: SweepStatus): string {
  const parts = ORDER.filter((state) => state !== 'finished' && counts[state] > 0).map(
    (state) => `${counts[state]} ${state}`,
  );
  return `${counts.finished} of ${runs.length} runs are finished${parts.length === 0 ? '' : `, ${parts.join(', ')}`}.`;
}

function rowOf({ run, state, reason, done, units, rate, result, left, host }: RunStatus): Html {
  const percent = (value: number | undefined) => (value === undefined ? '' : formatPercent(value));
  const where = `${state}${host === undefined ? '' : ` on ${host}`}${reason === undefined ? '' : `: ${reason}`}`;
  return html`<tr><th scope="row" title="${run.name}">${runText(run)}</th><td>${where}</td><td><progress max="${units}" value="${done}"></progress> ${done}/${units}</td><td class="number">${percent(rate)}</td><td class="number">${percent(result)}</td><td>${left === undefined ? '' : duration(left)}</td></tr>
`;
}
