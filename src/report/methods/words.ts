import { type Html, html } from '../page/html.js';
import { decided, FAMILY_ALPHA, type Gain, isFixed } from './cells.js';
import { rateChoices } from './choice.js';
import { gainText } from './gains.js';
import type { MethodsPart } from './parts.js';

const listed = (gains: readonly Gain[]): string =>
  gains.map((gain) => `${gainText(gain)} (${signed(gain.difference.estimate.mean)})`).join('; ');

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

/** What the tests of each data set decided, and what they left open. */
export function answerOf(parts: readonly MethodsPart[]): Html {
  return html`${parts.map((part) => dataAnswer(part))}`;
}

function dataAnswer({ data, table: { gains, comparison } }: MethodsPart): Html {
  const seeds = Math.max(...comparison.groups.map(({ runs }) => runs.length));
  const tested = gains.filter(({ difference }) => difference.pairs.length > 1);
  if (tested.length === 0) return oneSeed(data, comparison.groups[0]!.runs[0]!.spec.epochs, gains);
  const of = (which: ReturnType<typeof decided>) => tested.filter((gain) => decided(gain) === which).length;
  const higher = tested.filter(({ difference }) => difference.estimate.mean > 0).length;
  return html`${data}, ${seeds} seeds: of ${tested.length} pairs of a rule and a refresh, ${of('above')} ${of('above') === 1 ? 'is' : 'are'} better than the rule without a refresh, ${of('below')} worse, and ${of('open')} not told apart from it (${100 * FAMILY_ALPHA} % over all, Holm); ${higher} of the means are higher. `;
}

/** The gains that are told apart from 0, by name. */
export function findingsOf({ data, table: { gains } }: MethodsPart): Html[] {
  return (['above', 'below'] as const).flatMap((which) => {
    const own = gains.filter((gain) => decided(gain) === which);
    const what = which === 'above' ? 'Better' : 'Worse';
    return own.length === 0
      ? []
      : [html`${what} than without a refresh on ${data}, in points of test accuracy: ${listed(own)}.`];
  });
}

/** `one epoch` or `4 epochs`. */
export const epochsText = (epochs: number): string => (epochs === 1 ? 'one epoch' : `${epochs} epochs`);

/** One seed has no interval. */
function oneSeed(data: string, epochs: number, gains: readonly Gain[]): Html {
  const above = gains.filter(({ difference }) => difference.estimate.mean > 0).length;
  return html`${data}, one seed and ${epochsText(epochs)}: ${above} of ${gains.length} pairs of a rule and a refresh are above the rule without a refresh, which decides nothing for any of them. `;
}

/** What a reader must not take from the table. */
export function notConcluded(parts: readonly MethodsPart[]): Html[] {
  const borrowed = parts.filter(
    ({ runs, sweeps }) => runs.rates.length > 0 && sweeps.refreshes === undefined,
  );
  return [
    html`Not concluded: which rule is the best. Rules are trained briefly, with the settings that a small search on validation images chose; longer training or another search may order them otherwise. Only a refresh against none, within a rule, is tested.`,
    html`Not concluded: that two are equal where they are not told apart. So few seeds find large differences alone; the intervals say how large a difference may still be.`,
    html`Not concluded: anything for other networks, widths, data, sparsities or lengths of training. The seeds vary weights, scores and batches; images and their split stay the same.`,
    html`supermask and gates have no fixed sparsity, so their rows are no rivals of the others at equal size; the settings say how many weights they keep. A scope over all layers, fresh scores of refreshed weights and the settings of single rules (settle, rescale, sigma, penalty, gate, pairing) stay at their defaults and were not compared.`,
    html`Left out, since they are not defined: a refresh of random and magnitude masks, which are fixed, so that pruned weights are never used; a sparsity of supermask and gates, whose masks are drawn.`,
    ...atEdge(parts),
    ...atChance(parts),
    ...borrowed.map(
      ({ data, runs }) =>
        html`On ${data} the learning rates are its own, chosen after ${epochsText(runs.rates[0]!.spec.epochs)} where the table has ${epochsText(runs.table[0]!.spec.epochs)}; K<sub>per</sub> and r are those chosen on ${parts[0]!.data}, for every rule alike. A refresh that these suit less looks worse there than it is.`,
    ),
  ];
}

/** A best try at the end of those tried may not be the best there is. */
function atEdge(parts: readonly MethodsPart[]): Html[] {
  return parts.flatMap(({ data, runs }) => {
    const ends = rateChoices(runs.rates).filter(
      ({ tried, chosen }) => tried.indexOf(chosen) === 0 || tried.indexOf(chosen) === tried.length - 1,
    );
    if (ends.length === 0) return [];
    const list = ends.map(({ of, chosen }) => `${of} (${chosen.setting})`).join('; ');
    return [
      html`On ${data} the best learning rate is at the end of those tried for ${list}: a better one may lie beyond.`,
    ];
  });
}

/** Both data sets have ten classes of about equal size: within this many percent nothing was learned. */
const CHANCE = 12;

/** Where nothing was learned, no refresh can show. */
function atChance(parts: readonly MethodsPart[]): Html[] {
  return parts.flatMap(({ data, table }) => {
    const rows = table.rows.filter(
      ({ rule, cells }) =>
        !isFixed(rule) && [...cells.values()].every(({ estimate }) => estimate.mean <= CHANCE),
    );
    if (rows.length === 0) return [];
    const list = rows.map(({ label }) => label).join('; ');
    return [
      html`On ${data} nothing was learned in the time of the table for ${list} (at most ${CHANCE} % with ten classes), with or without a refresh: these rows say nothing about refreshes.`,
    ];
  });
}
