import { workerData } from 'piscina';
import { stream } from '../../core/rng.js';
import { cropFields, drawCrop } from './crop.js';
import { type BatchTask, sent, type WorkerSetup } from './task.js';
import { makeTransformer, planar } from './transform.js';

const { transform, pixels, trainCount } = workerData as WorkerSetup;
const { channels, size } = transform;
const { pad, crop, flip } = transform.augment;
const area = channels * size * size;
const transformer = makeTransformer(transform);

const noCrops = new Int32Array(cropFields);
let table = { seed: -1, epoch: -1, crops: noCrops };

/** Makes a batch of images in memory. The address of its random numbers is in the task: any worker makes the same one. */
export default function makeBatch({ memory, indices, labels, augment }: BatchTask): object {
  const out = new Float32Array(memory);
  const crops = augment === null || !(crop || flip) ? noCrops : epochCrops(augment.seed, augment.epoch);
  for (let i = 0; i < indices.length; i++) {
    const image = planar(pixels!, indices[i]! * area, size, size);
    if (augment === null || crops === noCrops) transformer.evaluate(image, out, i * area);
    else transformer.augment(image, crops, augment.ranks[i]!, out, i * area);
  }
  return sent({ memory, labels, unreadable: [] });
}

/** Crops of a whole epoch from one stream, in the order of the training split: images of one size need no stream each. */
function epochCrops(seed: number, epoch: number): Int32Array {
  if (table.seed !== seed || table.epoch !== epoch) {
    const numbers = stream(seed, 'augment', epoch);
    const side = size + 2 * pad;
    const crops = new Int32Array(trainCount * cropFields);
    for (let i = 0; i < trainCount; i++) drawCrop(numbers, side, side, crops, i * cropFields);
    table = { seed, epoch, crops };
  }
  return table.crops;
}
