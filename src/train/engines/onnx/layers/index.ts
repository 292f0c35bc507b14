import type { Layer } from '../../../networks/description.js';
import type { Activation } from '../activation.js';
import type { Build, Emitted } from '../build.js';
import { add } from './add.js';
import { avgPool } from './avg-pool.js';
import { batchNorm } from './batch-norm.js';
import { conv } from './conv.js';
import { dense } from './dense.js';
import { flatten } from './flatten.js';
import { maxPool } from './max-pool.js';
import { relu } from './relu.js';

/** Emits the forward nodes of any layer. */
export function emitLayer(build: Build, layer: Layer, inputs: readonly Activation[]): Emitted {
  switch (layer.type) {
    case 'conv':
      return conv(build, layer, inputs);
    case 'dense':
      return dense(build, layer, inputs);
    case 'batchNorm':
      return batchNorm(build, layer, inputs);
    case 'relu':
      return relu(build, layer, inputs);
    case 'maxPool':
      return maxPool(build, layer, inputs);
    case 'avgPool':
      return avgPool(build, layer, inputs);
    case 'add':
      return add(build, layer, inputs);
    case 'flatten':
      return flatten(build, layer, inputs);
  }
}
