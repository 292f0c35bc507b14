import { Command } from 'commander';
import { requireProbability } from '../core/errors.js';
import type { Progress } from '../core/progress.js';
import { formatInterval, formatNumber } from '../report/format.js';
import type { SuccessRate } from '../theory/simulate/montecarlo.js';
import { type Simulator, simulators } from '../theory/simulate/trials.js';
import type { Verdict } from '../theory/simulate/verdict.js';
import { choiceOption, numberOption, print, printJson, refuseUnused, shared } from './options.js';
import { addProblemOptions, type ProblemOptions, planProblem, readProblem, scaleText } from './problem.js';
import { progressBar } from './progress.js';

/** What the command's options hold. */
export interface SimulateOptions extends ProblemOptions {
  /** Left out: `outcome` for the projection map, `blocks` else. */
  readonly simulator?: Simulator;
  readonly trials: number;
  readonly existence?: boolean;
  readonly alpha: number;
  readonly seed: number;
  readonly workers: number;
  readonly json?: boolean;
}

/** `iterand simulate`: how often the construction succeeds, exactly and in trials. */
export function simulateCommand(): Command {
  return addProblemOptions(new Command('simulate'))
    .description(
      'How often a strategy finds the subnetwork, in independent trials; for the projection map also exactly.',
    )
    .addOption(
      choiceOption(
        '--simulator <kind>',
        'how trials are drawn: in law at any width (projection alone, its default), the samples of one block after the other (default else), or the whole network',
        simulators,
      ),
    )
    .option('--existence', 'two neurons, f(x) = x: does any subnetwork at all come within epsilon?')
    .addOption(
      numberOption('--trials <n>', 'independent trials', { whole: true, least: 1, most: 1e12 }).default(1000),
    )
    .addOption(shared.alpha())
    .addOption(shared.seed())
    .addOption(shared.workers())
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Examples:
  iterand simulate --widths 784,300,100,10 --epsilon 0.1 --delta 0.01 --resamplings 1000 --bound corrected --trials 20
  iterand simulate --weight 1 --epsilon 0.1 --delta 0.01 --resamplings 2 --bound proposition-4.3 --trials 200000
  iterand simulate --widths 10,5,2 --epsilon 0.1 --delta 0.01 --resamplings 10 --strategy subset-sum-fixed --trials 200
  iterand simulate --existence --epsilon 0.1 --delta 0.001 --resamplings 111 --trials 200000`,
    )
    .action(run);
}

/** What two neurons and f(x) = x leave open: all other options of the problem are refused with --existence. */
const CONSTRUCTION_ALONE = [
  ...[
    'widths',
    'target',
    'weight',
    'rescale',
    'bound',
    'formula',
    'hidden',
    'tolerance',
    'distribution',
    'simulator',
    'strategy',
    'anytime',
  ],
];

/** @throws InputError for options that mean nothing with --existence */
export function requireExistenceAlone({ existence }: SimulateOptions, command: Command): void {
  if (existence)
    refuseUnused(
      command,
      '--existence',
      CONSTRUCTION_ALONE,
      'it is about two neurons and f(x) = x, over all subnetworks',
    );
}

/** @throws InputError for options of which no trial can be run, on whatever machine */
export async function checkSimulation(options: SimulateOptions): Promise<void> {
  const { requireExistence, requireTrials } = await import('../theory/simulate/montecarlo.js');
  const { defaultSimulator, requireSimulator } = await import('../theory/simulate/simulable.js');
  const { existence, epsilon, resamplings, delta, seed } = options;
  requireProbability('delta', delta);
  requireTrials(options);
  if (existence) return requireExistence(epsilon, resamplings);
  const { construction } = planProblem(options, seed);
  requireSimulator(construction, options.simulator ?? defaultSimulator(construction.strategy));
}

async function run(options: SimulateOptions, command: Command): Promise<void> {
  requireExistenceAlone(options, command);
  const bar = progressBar('trials', options.json);
  try {
    const found = await simulate(options, bar.update);
    bar.stop();
    if (options.json) {
      printJson(simulationJson(found));
      return;
    }
    const { rate, exact, verdict, simulated, about } = found;
    print(
      `success ${rate.successes}/${rate.trials} = ${formatNumber(rate.rate)} in ${formatInterval(rate.interval)} (Clopper-Pearson, error level ${options.alpha})`,
    );
    if (exact !== undefined) print(`exact failure ${formatNumber(exact.failure)}`);
    if (about.scale !== undefined) print(scaleText(about.scale));
    print(
      `claim: success >= ${formatNumber(1 - options.delta)}: ${verdict === undefined ? '' : `${verdict} (exact); `}${simulated} by these trials alone`,
    );
  } finally {
    bar.stop();
  }
}

/** What trials say of a claim. */
export interface Simulation {
  /** What was simulated. */
  readonly about: { readonly delta: number; readonly seed: number; readonly scale?: number };
  readonly rate: SuccessRate;
  /** For the projection map. */
  readonly exact?: { readonly success: number; readonly failure: number };
  /** By the exact probability. */
  readonly verdict?: 'consistent' | 'violated';
  /** By the trials. */
  readonly simulated: Verdict;
}

/** Simulates what the options of the command describe. */
export async function simulate(
  options: SimulateOptions,
  progress: Progress,
  kept?: Trials['kept'],
): Promise<Simulation> {
  const { trials, alpha, seed, workers, delta } = options;
  requireProbability('delta', delta);
  const trialOptions = { trials, alpha, seed, workers, progress, ...(kept && { kept }) };
  const { rate, exact, ...about } = options.existence
    ? await existence(options, trialOptions)
    : await construction(options, trialOptions);
  const { decide } = await import('../theory/simulate/verdict.js');
  return {
    about: { ...about, delta, seed },
    rate,
    ...(exact && { exact, verdict: exact.failure <= delta ? 'consistent' : 'violated' }),
    simulated: decide(rate.interval, 1 - delta),
  };
}

/** As `--json` prints it. */
export const simulationJson = ({ about, rate, exact, verdict, simulated }: Simulation): object => ({
  ...about,
  ...rate,
  ...(exact && { exact, verdict }),
  simulated,
});

interface Found {
  /** f = scale * target where a file was rescaled: epsilon is of the rescaled target. */
  readonly scale?: number;
  readonly rate: SuccessRate;
  /** For the projection map. */
  readonly exact?: { readonly success: number; readonly failure: number };
}

type Trials = Parameters<typeof import('../theory/simulate/montecarlo.js').existenceSuccessRate>[2];

async function existence(options: SimulateOptions, trialOptions: Trials): Promise<Found> {
  const { twoNeuronExistence } = await import('../theory/probability/two-neuron-existence.js');
  const { existenceSuccessRate } = await import('../theory/simulate/montecarlo.js');
  const exact = twoNeuronExistence(options.epsilon, options.resamplings);
  return { rate: await existenceSuccessRate(options.epsilon, options.resamplings, trialOptions), exact };
}

async function construction(options: SimulateOptions, trialOptions: Trials): Promise<Found> {
  const { construction, target, bound, scale } = readProblem(options, options.seed);
  const { constructionSuccessRate } = await import('../theory/simulate/montecarlo.js');
  const { exactProbability, hiddenWidth } = await import('../theory/search/construction.js');
  const { defaultSimulator } = await import('../theory/simulate/simulable.js');
  const { strategy } = construction;
  const mapped = strategy === 'projection';
  const { simulator = defaultSimulator(strategy) } = options;
  const rate = await constructionSuccessRate(construction, target, simulator, trialOptions);
  return Object.assign(
    {
      widths: target.widths,
      bound: bound.name,
      hidden: construction.layers.map(hiddenWidth),
      epsilon: options.epsilon,
      resamplings: options.resamplings,
      distribution: construction.distribution.name,
      strategy,
      simulator,
      ...(scale === 1 ? {} : { scale }),
    },
    { rate, ...(mapped ? { exact: exactProbability(construction, target) } : {}) },
  );
}
