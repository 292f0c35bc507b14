import type { Graph, Value } from './graph.js';

/**
 * Mean cross-entropy of softmax(logits) against class indices.
 *
 * @param logits [B, classes]
 * @param labels [B], int64; float32 for the operators that every device has
 * @returns the loss, [], and its gradient (softmax - onehot) / B, [B, classes]
 */
export function crossEntropy(graph: Graph, logits: Value, labels: Value): { loss: Value; gradient: Value } {
  const batch = logits.shape[0]!;
  const [logSoftmax, onehot] =
    labels.type === 'float32' ? partsOnDevice(graph, logits, labels) : parts(graph, logits, labels);
  const picked = graph.reduceSum(graph.mul(logSoftmax, onehot), [0, 1]);
  return {
    loss: graph.scale(picked, -1 / batch),
    gradient: graph.scale(graph.sub(graph.unary('Exp', logSoftmax), onehot), 1 / batch),
  };
}

function parts(graph: Graph, logits: Value, labels: Value): [logSoftmax: Value, onehot: Value] {
  const classes = graph.ints([logits.shape[1]!]);
  const attributes = { axis: 1 };
  return [
    graph.node('LogSoftmax', [logits], logits.shape, { attributes }),
    graph.node('OneHot', [labels, classes, graph.floats([0, 1])], logits.shape, { attributes }),
  ];
}

/** onnxruntime's WebGPU provider has neither LogSoftmax nor OneHot. */
function partsOnDevice(graph: Graph, logits: Value, labels: Value): [logSoftmax: Value, onehot: Value] {
  const [batch, classes] = logits.shape as [number, number];
  const largest = graph.node('ReduceMax', [logits], [batch, 1], { attributes: { axes: [1], keepdims: 1 } });
  const shifted = graph.sub(logits, largest);
  const sum = graph.reduceSum(graph.unary('Exp', shifted), [1], true);
  const indices = graph.floats([...Array(classes).keys()], [1, classes]);
  return [
    graph.sub(shifted, graph.unary('Log', sum)),
    graph.compare('Equal', graph.reshape(labels, [batch, 1]), indices),
  ];
}
