import { sizeOf } from '../../../core/shape.js';
import type { Ops } from '../../prune/rules/ops.js';
import type { Graph, Value } from './graph.js';

/** A rule's formulas as nodes of a graph. */
export function graphOps(graph: Graph): Ops<Value> {
  return {
    add: (a, b) => graph.add(a, b),
    sub: (a, b) => graph.sub(a, b),
    mul: (a, b) => graph.mul(a, b),
    div: (a, b) => graph.binary('Div', a, b),
    scale: (x, factor) => graph.scale(x, factor),
    offset: (x, amount) => graph.add(x, graph.floats(amount)),
    abs: (x) => graph.unary('Abs', x),
    sign: (x) => graph.unary('Sign', x),
    exp: (x) => graph.unary('Exp', x),
    sigmoid: (x) => graph.unary('Sigmoid', x),
    clamp: (x, low, high) => graph.node('Clip', [x, graph.floats(low), graph.floats(high)], x.shape),
    atLeast: (a, b) => graph.compare('GreaterOrEqual', a, b),
    above: (x, bound) => graph.compare('Greater', x, graph.floats(bound)),
    sum: (x) => (sizeOf(x.shape) === 1 ? x : graph.reduceSum(x, [...x.shape.keys()], true)),
    size: (x) => sizeOf(x.shape),
  };
}
