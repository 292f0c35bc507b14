import { Command } from 'commander';
import { readBytes } from '../core/files.js';
import { formatBound, formatNumber } from '../report/format.js';
import type { Bracket } from '../theory/certify/certify.js';
import type { Instance } from '../theory/search/instance.js';
import { numberOption, print, printJson, shared, textArgument } from './options.js';
import { progressBar } from './progress.js';
import { stopOnSignal } from './signals.js';

interface Options {
  readonly gap: number;
  readonly seconds: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `iterand certify`: how far a found subnetwork is from its target, between proved bounds. */
export function certifyCommand(): Command {
  return new Command('certify')
    .addArgument(textArgument('<file>', 'what iterand search --out wrote'))
    .description(
      'How far a subnetwork that was found can be from its target, over all inputs: a lower bound, reached at an input, and an upper ' +
        "bound, both certified (rounding is outward), beside the proof's. Exits with 1 if what the file claims is false.",
    )
    .addOption(
      numberOption('--gap <share>', 'stop once (upper - lower)/upper is at most this', {
        least: 0,
        most: 0.999,
      }).default(0.01),
    )
    .addOption(
      numberOption('--seconds <s>', 'stop after about so long, with what was reached', {
        least: 0.001,
        most: 1e8,
      }).default(10),
    )
    .addOption(shared.seed())
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Ctrl-C prints the bracket reached so far (exit code 130).

Examples:
  iterand search --widths 3,4,2 --epsilon 1 --delta 0.1 --resamplings 200 --out found.json
  iterand certify found.json
  iterand certify found.json --gap 0.001 --seconds 60 --json`,
    )
    .action(run);
}

/** What is decided about the file's claim that a success is within epsilon. */
type Verdict = 'holds' | 'false' | 'undecided' | 'none';

async function run(file: string, { gap, seconds, seed, json = false }: Options): Promise<void> {
  const { certify } = await import('../theory/certify/certify.js');
  const { effectiveRounding, proofBound } = await import('../theory/certify/proof.js');
  const { pairOf } = await import('../theory/certify/pair.js');
  const { decodeInstance, FalseClaimError } = await import('../theory/search/instance-file.js');
  let instance: Instance;
  try {
    instance = decodeInstance(readBytes(file), file);
  } catch (error) {
    if (!(error instanceof FalseClaimError)) throw error;
    process.stderr.write(`iterand: ${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  const { target, effective, construction, success } = instance;
  const pair = pairOf(target, effective);
  const proof = success ? { proof: proofBound(target, construction) } : {};
  const bar = progressBar('certifying', json);
  const stop = stopOnSignal('printing the bracket so far');
  const bracket = await certify(pair, {
    gap,
    seconds,
    seed,
    ...proof,
    rounding: effectiveRounding(pair, construction),
    signal: stop.signal,
    progress: bar.update,
  }).finally(() => {
    bar.stop();
    stop.release();
  });
  const verdict = verdictOf(instance, bracket);
  report(instance, bracket, verdict, json);
  if (verdict === 'false') process.exitCode = 1;
  else if (bracket.stopped === 'signal') process.exitCode = 130;
}

function verdictOf({ success, epsilon }: Instance, { lower, upper, uppers }: Bracket): Verdict {
  if (!success) return 'none';
  const claimed = epsilon ?? uppers.find(({ name }) => name === 'proof')!.bound;
  if (lower > claimed) return 'false';
  return upper <= claimed ? 'holds' : 'undecided';
}

function report(instance: Instance, bracket: Bracket, verdict: Verdict, json: boolean): void {
  const { target, success, failures, epsilon } = instance;
  const { lower, upper, gap, lowerBy, upperBy, uppers, nodes, seconds, stopped } = bracket;
  const proof = uppers.find(({ name }) => name === 'proof')?.bound;
  if (json) {
    const { witness, ...rest } = bracket;
    printJson({
      widths: target.widths,
      success,
      failures,
      ...(epsilon === undefined ? {} : { epsilon }),
      claim: verdict,
      ...(proof === undefined ? {} : { proof }),
      ...rest,
      witness: [...witness],
    });
    return;
  }
  const ends = `${formatBound(lower, 'lower')} <= sup ||f - g_M||_2 <= ${formatBound(upper, 'upper')}`;
  print(`${target.widths.join('-')}, over all inputs of [-1, 1]^${target.widths[0]}`);
  print(`  ${ends}${proof === undefined ? '' : ` <= ${formatBound(proof, 'upper')}, by the proof`}`);
  print(`  lower end by ${lowerBy}, upper end by ${upperBy}; relative gap ${formatNumber(gap)}`);
  print(
    `  upper bounds: ${uppers.map(({ name, bound }) => `${name} ${formatBound(bound, 'upper')}`).join(', ')}`,
  );
  const boxes = nodes === 0 ? '' : `, ${formatNumber(nodes)} boxes`;
  print(`  ${formatNumber(seconds)} s${boxes}: ${reasons[stopped]}`);
  print(`  ${claimText(instance, verdict, proof)}`);
}

const reasons: Readonly<Record<Bracket['stopped'], string>> = {
  exact: 'nothing is left to try',
  gap: 'the gap asked for is reached',
  time: 'the time is over (--seconds)',
  nodes: 'the boxes allowed are used up',
  memory: 'no more memory for boxes',
  signal: 'stopped',
};

function claimText(
  { success, failures, epsilon }: Instance,
  verdict: Verdict,
  proof: number | undefined,
): string {
  if (!success) return `claim: none, since the search failed (${failures} events are not served)`;
  const claimed =
    epsilon === undefined ? `the proof's ${formatBound(proof!, 'upper')}` : `epsilon ${epsilon}`;
  return `claim: g_M is within ${claimed} of f: ${verdict}`;
}
