import { type Block, type BlockResult, type Kept, type Undecided, uAt, vAt } from '../block.js';
import type { Groups } from '../subset/anytime.js';
import { serveBySum } from '../subset/serve.js';
import type { StrategyOptions } from './strategy.js';

/** The samples of u that a neuron may use: one once an output has chosen. */
interface Neuron {
  us: readonly number[];
}

/**
 * Serves one output after the other by a sum over neurons of one product u v each, or none; a neuron that an output uses keeps that u for those after it.
 *
 * @param usable the samples of u that a neuron may use as long as no output has chosen
 */
export function serveOutputs(
  block: Block,
  targets: Float64Array,
  tolerance: number,
  usable: (block: Block, neuron: number) => readonly number[],
  options: StrategyOptions,
): BlockResult {
  const neurons = Array.from({ length: block.neurons }, (_, i): Neuron => ({ us: usable(block, i) }));
  const kept: Kept[] = [];
  const undecided: Undecided[] = [];
  let unserved = 0;
  targets.forEach((target, output) => {
    const { choice, ...rest } = serveBySum(
      productsOf(block, output, neurons),
      target,
      tolerance,
      options.anytime,
    );
    if (choice === undefined) {
      unserved++;
      if ('open' in rest && rest.open !== undefined) undecided.push({ output, ...rest.open });
      return;
    }
    choice.forEach((code, neuron) => {
      if (code < 0) return;
      const u = neurons[neuron]!.us[Math.floor(code / block.resamplings)]!;
      neurons[neuron]!.us = [u];
      kept.push({ output, neuron, u, v: code % block.resamplings });
    });
  });
  return { unserved, kept, undecided };
}

/** A group for each neuron: the products of its usable u with each v, u by u. */
function productsOf(block: Block, output: number, neurons: readonly Neuron[]): Groups {
  const { us, vs, resamplings: R } = block;
  const count = neurons.reduce((sum, neuron) => sum + neuron.us.length, 0);
  const values = new Float64Array(count * R);
  const ends: number[] = [];
  let end = 0;
  neurons.forEach((usable, neuron) => {
    const from = vAt(block, output, neuron);
    for (const u of usable.us) {
      const value = us[uAt(block, neuron) + u]!;
      for (let v = 0; v < R; v++) values[end++] = value * vs[from + v]!;
    }
    ends.push(end);
  });
  return { values, ends };
}
