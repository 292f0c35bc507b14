import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { stream } from '../src/core/rng.js';
import { boundByName, resampledBound } from '../src/theory/bounds/index.js';
import { certify } from '../src/theory/certify/certify.js';
import { uniform } from '../src/theory/problem/distribution.js';
import { makeTarget } from '../src/theory/problem/target.js';
import { constructionFor, exactProbability } from '../src/theory/search/construction.js';
import { drawNetwork, sampleCount } from '../src/theory/search/network.js';
import { searchNetwork } from '../src/theory/search/search.js';
import { SubsetSums } from '../src/theory/search/subset/subset-sums.js';
import { widthLaw } from '../src/theory/simulate/law/width-law.js';
import { outcomeTrial } from '../src/theory/simulate/outcome.js';
import type { Benchmark } from './lib/benchmark.js';
import { foundNetwork } from './lib/found-network.js';

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Median seconds of `runs` calls after two that are not counted. */
function median(runs: number, call: (i: number) => void): number {
  const seconds: number[] = [];
  for (let i = -2; i < runs; i++) {
    const start = performance.now();
    call(i);
    if (i >= 0) seconds.push((performance.now() - start) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}

function outcome(): void {
  const widths = [784, 300, 100, 10];
  const target = makeTarget('gaussian', widths, 1);
  for (const resamplings of [1, 1000]) {
    const problem = { widths, epsilon: 0.1, delta: 0.01, resamplings };
    const construction = constructionFor(problem, boundByName('paper'), uniform(1));
    const trial = median(11, (i) => outcomeTrial(construction, target, 1, i + 2));
    const exact = median(5, () => exactProbability(construction, target));
    print(
      `784-300-100-10, R=${resamplings}: outcome trial ${trial.toFixed(3)} s (goal 0.15), exact probability ${exact.toFixed(3)} s`,
    );
  }
  print(`memory after that: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB (goal 300)`);
}

/** 784-300-100-10: every R is asked for once, since its rates are kept. */
function widths(): void {
  const problem = { widths: [784, 300, 100, 10], epsilon: 0.1, delta: 0.01 };
  for (const R of [1, 10, 100, 1000]) {
    const closed = resampledBound({ recursion: false });
    const seconds = median(5, (i) => closed.layers({ ...problem, resamplings: R + i + 2 }));
    const neurons = closed.layers({ ...problem, resamplings: R }).map((layer) => layer.neurons);
    print(
      `resampled, R=${R}: ${neurons.join(', ')} neurons a block, closed form ${seconds.toFixed(3)} s (goal 0.1)`,
    );
  }
  for (const R of [1, 10]) {
    const bound = resampledBound({ recursion: true });
    const start = performance.now();
    const neurons = bound.layers({ ...problem, resamplings: R }).map((layer) => layer.neurons);
    print(
      `resampled, R=${R}: ${neurons.join(', ')}, with the recursion ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
  }
}

async function brackets(): Promise<void> {
  const { pair, proof } = foundNetwork([784, 300, 100, 10]);
  const { lower, upper, seconds } = await certify(pair, {
    gap: 0,
    seconds: 8,
    nodes: 1,
    seed: 1,
    proof,
  });
  print(
    `certify, 784-300-100-10: ${lower.toExponential(2)} <= sup ||f - g_M|| <= ${upper.toExponential(2)} <= ${proof.toFixed(3)} (proof) in ${seconds.toFixed(1)} s (goal 10)`,
  );
}

function draws(): void {
  const widths = [4, 4];
  const target = makeTarget('gaussian', widths, 1);
  const problem = { widths, epsilon: 0.5, delta: 0.1, resamplings: 8 };
  const construction = constructionFor(problem, boundByName('paper'), uniform(1));
  const samples = sampleCount(construction);
  const seconds = median(41, (i) => searchNetwork(construction, target, drawNetwork(construction, 1, i + 2)));
  print(
    `draws: ${(samples / seconds / 1e6).toFixed(1)} million samples/s, drawn, searched and masked (goal 40)`,
  );
  const out = new Float64Array(1e6);
  const calls = stream(1, 'calls');
  const fill = median(21, (i) => stream(1, 'fill', i + 2).fill(out));
  const call = median(21, () => {
    for (let i = 0; i < out.length; i++) out[i] = calls.uniform();
  });
  print(`  stream.fill ${(1 / fill).toFixed(1)}, a call per number ${(1 / call).toFixed(1)} million/s`);
}

/** Subset sums: 10^8 combinations decided, and the fewest members of n = 21 numbers. */
function sums(): void {
  const random = stream(1, 'bench sums');
  const search = new SubsetSums();
  const groups = new Float64Array(8 * 9);
  const large = median(11, () => {
    for (let i = 0; i < groups.length; i++) groups[i] = 2 * random.uniform() - 1;
    search.clear();
    for (let group = 0; group < 8; group++) search.add(groups, 9 * group, 9 * group + 9);
    search.closest(0.5);
  });
  print(`subset sums: the nearest of 10^8 combinations in ${(1e3 * large).toFixed(1)} ms (goal 1000)`);
  const counted = new SubsetSums({ counted: true });
  const numbers = new Float64Array(21);
  const choice: number[] = [];
  const small = median(2001, () => {
    for (let i = 0; i < 21; i++) numbers[i] = (2 * random.uniform() - 1) * (2 * random.uniform() - 1);
    counted.clear();
    for (let i = 0; i < 21; i++) counted.add(numbers, i, i + 1);
    if (counted.fewest(0.2 * random.uniform() - 0.1, 1e-3) >= 0) counted.choice(choice);
  });
  print(`  the fewest of 21 numbers within a tolerance in ${(1e6 * small).toFixed(0)} us (goal 250)`);
}

/** The least n over R at t = 1e-4. */
async function law(): Promise<void> {
  const start = performance.now();
  await widthLaw({
    tolerances: [1e-4],
    resamplings: [1, 2, 4, 8, 16, 32, 64, 128],
    weight: 1,
    delta: 0.1,
    trials: 1000,
    seed: 1,
    alpha: 1e-3,
  });
  print(
    `law at t = 1e-4, R = 1 ... 128, 1,000 trials each for three strategies, one thread: ${((performance.now() - start) / 1000).toFixed(1)} s (goal 300 on two cores)`,
  );
}

function verify(): void {
  const seconds = median(3, () => execFileSync(process.execPath, ['dist/cli/bin.js', 'verify', '--json']));
  print(`iterand verify, whole process: ${seconds.toFixed(1)} s on ${cpus().length} cores (goal 60)`);
}

/** What README says of the theory's speed. */
export const benchmark: Benchmark = {
  description:
    'one outcome trial at the theorem’s width, widths under re-sampling, samples drawn a second, subset sums, the law of width, iterand verify',
  async run() {
    print(`${cpus()[0]?.model}, Node ${process.version}`);
    outcome();
    widths();
    await brackets();
    draws();
    sums();
    await law();
    verify();
  },
};
