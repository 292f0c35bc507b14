import { Command } from 'commander';
import type { Interval } from '../core/intervals.js';
import type { Progress } from '../core/progress.js';
import { formatInterval, formatNumber } from '../report/format.js';
import type { LawFit, LawPoint, LawRequest, WidthLaw } from '../theory/simulate/law/width-law.js';
import { numberOption, numbersOption, print, printJson, shared } from './options.js';
import { progressBar } from './progress.js';

/** What the command's options hold. */
export interface LawOptions {
  readonly t: number[];
  readonly resamplings: number[];
  readonly weight: number;
  readonly distribution: string;
  readonly delta: number;
  readonly trials: number;
  readonly alpha: number;
  readonly seed: number;
  readonly workers: number;
  readonly json?: boolean;
}

/** `iterand law`: the least number of neurons against R and t. */
export function lawCommand(): Command {
  return new Command('law')
    .description(
      'The law of width and re-sampling: the least number of neurons for one weight and one sign by every strategy against R and t, beside the bounds.',
    )
    .addOption(numbersOption('--t <t,...>', 'tolerances, from 1e-6 to 1/3').default([1e-3], '1e-3'))
    .addOption(
      numbersOption('--resamplings <R,...>', 'samples per entry, 1 to 1000').default(
        [1, 2, 4, 8, 16, 32, 64, 128],
        '1,2,4,8,16,32,64,128',
      ),
    )
    .addOption(
      numberOption('--weight <w>', 'the weight, in [-1, 1]; 1 is the hardest', {
        least: -1,
        most: 1,
      }).default(1),
    )
    .addOption(numberOption('--delta <probability>', 'allowed failure probability, in (0, 1)').default(0.1))
    .addOption(
      numberOption('--trials <n>', 'trials for each strategy and R', {
        whole: true,
        least: 2,
        most: 1e6,
      }).default(1000),
    )
    .addOption(shared.distribution())
    .addOption(shared.alpha())
    .addOption(shared.seed())
    .addOption(shared.workers())
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Examples:
  iterand law --t 1e-3 --resamplings 1,2,4,8,16 --trials 1000
  iterand law --t 1e-2,1e-3,1e-4,1e-5 --resamplings 1,2,4,8,16,32
  iterand law --t 1e-3 --resamplings 1,4,16 --distribution normal:1
  iterand law --t 0.05 --resamplings 1,4,16 --distribution two-valued:0.3`,
    )
    .action(run);
}

async function run(options: LawOptions): Promise<void> {
  const bar = progressBar('trials', options.json);
  try {
    const law = await lawOf(options, bar.update);
    bar.stop();
    if (options.json) printJson(lawJson(options, law));
    else printLaw(law, options);
  } finally {
    bar.stop();
  }
}

/** The law that the options of the command describe. */
export async function lawOf(
  options: LawOptions,
  progress: Progress,
  kept?: LawRequest['kept'],
): Promise<WidthLaw> {
  const { widthLaw } = await import('../theory/simulate/law/width-law.js');
  return widthLaw({ ...(await requestOf(options)), progress, ...(kept && { kept }) });
}

/** @throws InputError for options that describe no law */
export async function checkLaw(options: LawOptions): Promise<void> {
  const { requireLaw } = await import('../theory/simulate/law/width-law.js');
  requireLaw(await requestOf(options));
}

async function requestOf({ t, json: _, ...options }: LawOptions): Promise<LawRequest> {
  const { parseDistribution } = await import('../theory/problem/distribution.js');
  return { ...options, distribution: parseDistribution(options.distribution), tolerances: t };
}

/** As `--json` prints it. */
export const lawJson = (
  { weight, distribution, delta, trials, seed, alpha }: LawOptions,
  law: WidthLaw,
): object => ({
  ...{ weight, distribution, delta, trials, seed, alpha },
  ...law,
});

function printLaw(law: WidthLaw, { weight, delta, trials, seed, distribution }: Omit<LawOptions, 't'>): void {
  print(
    `Least neurons for w = ${weight}, one sign, weights ${distribution}, failure at most ${delta}; ${trials} trials, seed ${seed}; each interval errs with probability ${formatNumber(law.alphaEach)}`,
  );
  for (const name of law.without ?? [])
    print(`${name}: none, as these weights have hardly a u of the size that it asks for`);
  for (const point of law.points) print(pointText(point));
  if (law.fits.length > 0) print('Growth, fitted:');
  for (const fit of law.fits) print(`  ${fitText(fit)}`);
}

function pointText({ tolerance, resamplings, strategies, bounds, twoValued, theorem }: LawPoint): string {
  const found = strategies.map((strategy) =>
    strategy.exact
      ? `    ${strategy.name.padEnd(18)} ${Number.isFinite(strategy.least) ? formatNumber(strategy.least) : 'no number is enough'} (exact)`
      : `    ${strategy.name.padEnd(18)} ${strategy.least} ${leastText(strategy.interval)}, mean ${formatNumber(strategy.mean)}, most ${strategy.most}`,
  );
  const { closed, recursion, corrected, paper, counting } = bounds;
  const others = Object.entries({ 'corrected theorem': corrected, paper, counting })
    .flatMap(([name, n]) => (n === undefined ? [] : `; ${name} ${formatNumber(n)}`))
    .join('');
  return [
    `t = ${tolerance}, R = ${resamplings}`,
    ...found,
    ...(theorem === undefined
      ? [`    all subnetworks, exactly: ${formatNumber(twoValued!)}`]
      : [
          `    theorem ${recursion === undefined ? '' : `${recursion} by the recursion, `}${closed} closed${others}`,
          `    at the theorem's ${theorem.neurons}: ${theorem.failures} trials failed, ${theorem.verdict}`,
        ]),
  ].join('\n');
}

/** Few trials leave the upper end open. */
const leastText = (interval: Interval): string =>
  Number.isFinite(interval.high) ? `in ${formatInterval(interval)}` : `(at least ${interval.low})`;

function fitText(fit: LawFit): string {
  const name = fit.strategy.padEnd(18);
  if (fit.kind === 'over R')
    return `${name} n ~ ${fit.base}^${formatNumber(fit.exponent)}${fit.interval === undefined ? '' : ` in ${formatInterval(fit.interval)}`} at t = ${fit.tolerance}${fit.misfit === undefined ? '' : ` (chi^2 per degree ${formatNumber(fit.misfit)})`}`;
  if (fit.kind === 'power of 1/t')
    return `${name} n ~ (1/t)^${formatNumber(fit.exponent)} at R = ${fit.resamplings}`;
  return `${name} ${formatNumber(fit.slope)} in ${formatInterval(fit.interval)} neurons per factor e of 1/t at R = ${fit.resamplings}; counting ${formatNumber(fit.counting)}, typical ${formatNumber(fit.typical)}`;
}
