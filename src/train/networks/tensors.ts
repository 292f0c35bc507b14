import { type NetworkDescription, sizeOf, type WeightLayer, weightShape } from './description.js';

/** `score`: weights fixed, scores trained (edge-popup, IteRand). `sgd`: weights, biases and affine norms trained. */
export type TrainingMode = 'score' | 'sgd';
export const TRAINING_MODES = ['score', 'sgd'] as const;

/**
 * `weight`, `score`: of a conv or dense layer; `bias`, `gamma`, `beta`: sgd mode alone (in score mode biases are 0 and norms
 * non-affine); `mean`, `variance`: a norm's running statistics; `momentum`: of a trained tensor.
 */
export const TENSOR_ROLES = [
  'weight',
  'score',
  'bias',
  'gamma',
  'beta',
  'mean',
  'variance',
  'momentum',
] as const;
export type TensorRole = (typeof TENSOR_ROLES)[number];

/** One named tensor of a network's state. */
export interface StateTensor {
  /** `<layer>.<role>`; a momentum is `<trained tensor>.momentum`. */
  readonly name: string;
  readonly layer: string;
  readonly role: TensorRole;
  /** OIHW for a convolution's weight, [out, in] for a dense one, else [channels]. */
  readonly shape: readonly number[];
  /** The optimizer updates it. */
  readonly trained: boolean;
}

/** A tensor of the state before anything is drawn, written or learned: ones for gamma and variance, else zeros. */
export function blankTensor({ role, shape }: Pick<StateTensor, 'role' | 'shape'>): Float32Array {
  return new Float32Array(sizeOf(shape)).fill(role === 'gamma' || role === 'variance' ? 1 : 0);
}

/** Every tensor of a network's state in a training mode, momentum included, in the network's order. */
export function stateTensors(network: NetworkDescription, mode: TrainingMode): readonly StateTensor[] {
  const tensors: StateTensor[] = [];
  const add = (layer: string, role: TensorRole, shape: readonly number[], trained: boolean) => {
    const name = `${layer}.${role}`;
    tensors.push({ name, layer, role, shape, trained });
    if (trained) tensors.push({ name: `${name}.momentum`, layer, role: 'momentum', shape, trained: false });
  };
  const sgd = mode === 'sgd';
  for (const layer of network.layers) {
    const channels = [layer.outputShape[0]!];
    if (layer.type === 'conv' || layer.type === 'dense') {
      add(layer.name, 'weight', weightShape(layer), sgd);
      if (!sgd) add(layer.name, 'score', weightShape(layer), true);
      if (sgd && layer.bias) add(layer.name, 'bias', channels, true);
    } else if (layer.type === 'batchNorm') {
      if (sgd) {
        add(layer.name, 'gamma', channels, true);
        add(layer.name, 'beta', channels, true);
      }
      add(layer.name, 'mean', channels, false);
      add(layer.name, 'variance', channels, false);
    }
  }
  return tensors;
}

/** Trained values in sgd mode: weights, biases, gamma and beta (the usual parameter count). */
export function parameterCount(network: NetworkDescription): number {
  return stateTensors(network, 'sgd').reduce((sum, t) => sum + (t.trained ? sizeOf(t.shape) : 0), 0);
}

/** Weights that can be pruned: those of the convolutions and dense layers. */
export function prunableCount(network: NetworkDescription): number {
  return stateTensors(network, 'score').reduce((sum, t) => sum + (t.trained ? sizeOf(t.shape) : 0), 0);
}

/** Multiply-adds of a layer for one example. */
export function layerMultiplyAdds(layer: WeightLayer): number {
  return layer.fanIn * sizeOf(layer.outputShape);
}

/** Multiply-adds of one forward pass of one example, convolutions and dense layers. */
export function multiplyAdds(network: NetworkDescription): number {
  return network.layers.reduce(
    (sum, l) => sum + (l.type === 'conv' || l.type === 'dense' ? layerMultiplyAdds(l) : 0),
    0,
  );
}
