import type { Graph, Value } from './graph.js';

/**
 * Mean cross-entropy of softmax(logits) against class indices.
 *
 * @param logits [B, classes]
 * @param labels [B], int64
 * @returns the loss, [], and its gradient (softmax - onehot) / B, [B, classes]
 */
export function crossEntropy(graph: Graph, logits: Value, labels: Value): { loss: Value; gradient: Value } {
  const [batch, classes] = logits.shape as [number, number];
  const logSoftmax = graph.node('LogSoftmax', [logits], logits.shape, { attributes: { axis: 1 } });
  const onehot = graph.node('OneHot', [labels, graph.ints([classes]), graph.floats([0, 1])], logits.shape, {
    attributes: { axis: 1 },
  });
  const picked = graph.reduceSum(graph.mul(logSoftmax, onehot), [0, 1]);
  return {
    loss: graph.scale(picked, -1 / batch),
    gradient: graph.scale(graph.sub(graph.unary('Exp', logSoftmax), onehot), 1 / batch),
  };
}
