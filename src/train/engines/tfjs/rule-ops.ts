import type { Ops } from '../../prune/rules/ops.js';
import type { Tensor, Tf } from './tensor.js';

/** A rule's formulas on tensors. */
export function tensorOps(tf: Tf): Ops<Tensor> {
  return {
    add: (a, b) => tf.add(a, b),
    sub: (a, b) => tf.sub(a, b),
    mul: (a, b) => tf.mul(a, b),
    div: (a, b) => tf.div(a, b),
    scale: (x, factor) => tf.mul(x, factor),
    offset: (x, amount) => tf.add(x, amount),
    abs: (x) => tf.abs(x),
    sign: (x) => tf.sign(x),
    exp: (x) => tf.exp(x),
    sigmoid: (x) => tf.sigmoid(x),
    clamp: (x, low, high) => tf.clipByValue(x, low, high),
    atLeast: (a, b) => tf.cast(tf.greaterEqual(a, b), 'float32'),
    above: (x, bound) => tf.cast(tf.greater(x, bound), 'float32'),
    sum: (x) => tf.sum(x),
    size: (x) => x.size,
  };
}
