import { stream } from '../../../core/rng.js';
import { NetworkBuilder } from '../../networks/builder.js';
import { sizeOf } from '../../networks/description.js';
import { draw } from '../../prune/distributions.js';
import { initialState } from '../../prune/initial.js';
import type { Engine } from '../engine.js';

const net = new NetworkBuilder('trial', [3, 8, 8]);
net.conv('first', 8, { kernel: 3, padding: 1 });
net.batchNorm('norm');
net.relu('relu');
net.maxPool('pool');
net.conv('second', 8, { kernel: 3, stride: 2, padding: 1 });
net.flatten('flat');
net.dense('head', 4);

/** A small network with one layer of each kind that a step spends its time in. */
export const TRIAL_NETWORK = net.build();
export const TRIAL_OPTIONS = { mode: 'score', sparsity: 0.5, momentum: 0, weightDecay: 0 } as const;
export const TRIAL_LABELS = [0, 3, 1, 2];
/** [4, 3, 8, 8]. */
export const trialImages = (): Float32Array =>
  draw('uniform', 1, TRIAL_LABELS.length * sizeOf(TRIAL_NETWORK.inputShape), stream(1, 'trial', 'images'));
export const trialState = (): Map<string, Float32Array> =>
  initialState(TRIAL_NETWORK, 'score', { weights: 'ku', seed: 1 });
/** What a layer's gradient is multiplied with, place by place, and summed. */
export const trialDirection = (layer: string, size: number): Float32Array =>
  draw('uniform', 1, size, stream(1, 'trial', 'direction', layer));

/**
 * The loss of a step from the trial's state, and by layer the sum of its scores' gradient times {@link trialDirection}, with the sum of these products' sizes.
 * From the float64 loops of test/support/reference-network.ts, which a test holds them against.
 */
export const TRIAL_EXPECTED = {
  loss: 1.7147990856,
  along: {
    first: { sum: -0.3242169482, size: 2.7908901851 },
    second: { sum: 0.274424064, size: 5.2479946469 },
    head: { sum: -0.5385396138, size: 1.896104439 },
  },
} as const;

/** The largest deviation that passes: above what reduced precision (TF32, ten bits of a number) leaves, far below a wrong answer's. */
export const TRIAL_TOLERANCE = 0.02;

/** How far an engine's step is from the expected one: relative, the worst of its loss and its gradients. Takes one step. */
export async function trialDeviation(engine: Engine): Promise<number> {
  for (const [name, values] of trialState()) await engine.write(name, values);
  const { loss } = await engine.step(trialImages(), TRIAL_LABELS, 0);
  let worst = Math.abs(loss / TRIAL_EXPECTED.loss - 1);
  for (const [layer, { sum, size }] of Object.entries(TRIAL_EXPECTED.along)) {
    // Without momentum and decay the new momentum is the gradient.
    const gradient = await engine.read(`${layer}.score.momentum`);
    const direction = trialDirection(layer, gradient.length);
    const along = gradient.reduce((total, g, i) => total + g * direction[i]!, 0);
    worst = Math.max(worst, Math.abs(along - sum) / size);
  }
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst;
}
