import type { Labelled } from '../../theory/problem/labelled.js';
import { DIGIT_SIZE } from '../../train/data/dataset.js';
import { openMnist } from '../../train/data/mnist.js';

/** The 2,000 test digits of MNIST as a target sees them: 28x28 pixels in [0, 1] row by row, rounded to float32 as in training. */
export async function testDigits(): Promise<Labelled> {
  const dataset = openMnist({ size: DIGIT_SIZE });
  const indices = dataset.indices('test');
  const area = DIGIT_SIZE ** 2;
  const inputs = new Float64Array(indices.length * area);
  for (const [i, index] of indices.entries()) {
    const { data } = await dataset.raw(index);
    for (const [p, byte] of data.entries()) inputs[i * area + p] = Math.fround(byte / 255);
  }
  return { inputs, labels: indices.map((index) => dataset.labels[index]!) };
}
