import type { Layer } from '../../../networks/description.js';
import type { Carried, Pass } from '../build.js';
import type { Tensor } from '../tensor.js';
import { batchNorm } from './batch-norm.js';
import { add, flatten, relu } from './plain.js';
import { avgPool, maxPool } from './pool.js';
import { conv, dense } from './weighted.js';

/** Carries out any layer. */
export function carryOut(pass: Pass, layer: Layer, inputs: readonly Tensor[]): Carried {
  switch (layer.type) {
    case 'conv':
      return conv(pass, layer, inputs);
    case 'dense':
      return dense(pass, layer, inputs);
    case 'batchNorm':
      return batchNorm(pass, layer, inputs);
    case 'relu':
      return relu(pass, layer, inputs);
    case 'maxPool':
      return maxPool(pass, layer, inputs);
    case 'avgPool':
      return avgPool(pass, layer, inputs);
    case 'add':
      return add(pass, layer, inputs);
    case 'flatten':
      return flatten(pass, layer, inputs);
  }
}
