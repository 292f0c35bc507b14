import { INPUT, type NetworkDescription } from '../../networks/description.js';
import type { Carried, Pass } from './build.js';
import { carryOut } from './layers/index.js';
import type { Tensor, Tf } from './tensor.js';

/** What a training pass gives. */
export interface Trained {
  /** [n, classes]. */
  readonly logits: Tensor;
  /** dL/d of what is trained, by tensor; of a weight: of the one that the network computes with. */
  readonly gradients: ReadonlyMap<string, Tensor>;
  /** Running statistics, moved, by tensor. */
  readonly moved: ReadonlyMap<string, Tensor>;
}

/** Forward pass, mean cross-entropy and backward pass. @param x [n, H, W, C], which it gives up @param labels [n], int32 */
export function trainingPass(network: NetworkDescription, pass: Pass, x: Tensor, labels: Tensor): Trained {
  const { tf } = pass;
  const outputs = new Map([[INPUT, x]]);
  const carried = new Map<string, Carried>();
  const moved = new Map<string, Tensor>();
  for (const layer of network.layers) {
    const done = tf.tidy(() =>
      carryOut(
        pass,
        layer,
        layer.inputs.map((input) => outputs.get(input)!),
      ),
    );
    outputs.set(layer.name, done.output);
    carried.set(layer.name, done);
    for (const [name, value] of Object.entries(done.moved ?? {})) moved.set(name, value);
  }
  const logits = outputs.get(network.layers.at(-1)!.name)!;
  const gradients = new Map<string, Tensor>();
  const pending = new Map([[network.layers.at(-1)!.name, lossGradient(tf, logits, labels)]]);
  for (const layer of network.layers.toReversed()) {
    const dy = pending.get(layer.name)!;
    const { backward, saved = [], output } = carried.get(layer.name)!;
    const wanted = layer.inputs[0] !== INPUT;
    const { trained, inputs } = tf.tidy(() => backward(dy, wanted || layer.inputs.length > 1));
    for (const [name, value] of Object.entries(trained)) gradients.set(name, value);
    for (const [i, dx] of inputs.entries()) addTo(tf, pending, layer.inputs[i]!, dx);
    // Nothing before it needs them.
    tf.dispose([dy, ...saved, ...(output === logits ? [] : [output])]);
  }
  tf.dispose([x]);
  return { logits, gradients, moved };
}

function addTo(tf: Tf, pending: Map<string, Tensor>, input: string, dx: Tensor): void {
  const before = pending.get(input);
  if (input === INPUT) tf.dispose([dx]);
  else if (before === undefined) pending.set(input, dx);
  else {
    pending.set(input, tf.add(before, dx));
    tf.dispose([before, dx]);
  }
}

/** d mean cross-entropy / d logits: (softmax - the label's 1) / n. */
function lossGradient(tf: Tf, logits: Tensor, labels: Tensor): Tensor {
  const [n, classes] = logits.shape as [number, number];
  return tf.tidy(() => {
    const right = tf.cast(tf.oneHot(labels, classes), 'float32');
    return tf.div(tf.sub(tf.softmax(logits), right), n);
  });
}

/** The logits, [n, classes], of an evaluation. @param x [n, H, W, C], which it gives up */
export function evaluationPass(network: NetworkDescription, pass: Pass, x: Tensor): Tensor {
  const { tf } = pass;
  const outputs = new Map([[INPUT, x]]);
  const lastUse = new Map<string, number>();
  for (const [i, layer] of network.layers.entries()) for (const input of layer.inputs) lastUse.set(input, i);
  for (const [i, layer] of network.layers.entries()) {
    const inputs = layer.inputs.map((input) => outputs.get(input)!);
    outputs.set(
      layer.name,
      tf.tidy(() => carryOut(pass, layer, inputs).output),
    );
    for (const input of new Set(layer.inputs))
      if (lastUse.get(input) === i) tf.dispose([outputs.get(input)!]);
  }
  return outputs.get(network.layers.at(-1)!.name)!;
}
