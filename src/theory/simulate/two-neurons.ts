import { stream } from '../../core/rng.js';

/** Failures among trials `from` ... `to`-1 of an exhaustive search over the subnetworks of two drawn neurons. */
export function twoNeuronTrials(epsilon: number, R: number, seed: number, from: number, to: number): number {
  const samples = new Float64Array(4 * R);
  let failures = 0;
  for (let block = Math.floor(from / TRIALS_PER_STREAM); block * TRIALS_PER_STREAM < to; block++) {
    const random = stream(seed, 'two neurons', R, block);
    const end = Math.min(to, (block + 1) * TRIALS_PER_STREAM);
    for (let t = block * TRIALS_PER_STREAM; t < end; t++) {
      random.fill(samples);
      if (t >= from && !anySubnetworkSucceeds(samples, R, 1 - epsilon)) failures++;
    }
  }
  return failures;
}

/** Streams hold this many trials each; ranges of trials are best aligned to it. */
export const TRIALS_PER_STREAM = 1000;

/** samples: u of neuron 1, v of neuron 1, u of neuron 2, v of neuron 2, R uniforms on [0,1) each. */
function anySubnetworkSucceeds(samples: Float64Array, R: number, c: number): boolean {
  const best: number[] = [];
  for (let part = 0; part < 4; part++) {
    let low = 1;
    let high = 0;
    for (let r = part * R; r < (part + 1) * R; r++) {
      if (samples[r]! < low) low = samples[r]!;
      if (samples[r]! > high) high = samples[r]!;
    }
    best.push(2 * high - 1, 1 - 2 * low);
  }
  const reaches = (i: number, j: number) => best[i]! > 0 && best[j]! > 0 && best[i]! * best[j]! >= c;
  const [up1, down1, up2, down2] = [reaches(0, 2), reaches(1, 3), reaches(4, 6), reaches(5, 7)];
  return (up1 && down2) || (up2 && down1);
}
