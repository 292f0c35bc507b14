import { InputError } from '../../../core/errors.js';
import { sizeOf } from '../../../core/shape.js';
import { arrayOps } from '../../prune/rules/arrays.js';
import type { Ops } from '../../prune/rules/ops.js';
import type { Rule } from '../../prune/rules/rule.js';
import { Graph, type Value } from './graph.js';

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

/**
 * Emits every formula of a rule once, on a layer of two by three weights.
 *
 * @throws InputError for a formula that works on arrays alone, or gives another shape than the layer's
 */
export function requireGraphRule(rule: Rule): void {
  const graph = new Graph();
  const ops = graphOps(graph);
  const shape = [2, 3];
  const [weight, score, dw, noise] = ['weight', 'score', 'dw', 'noise'].map((n) => graph.input(n, shape)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const { selection } = rule;
  const emitted = (formula: string, emit: () => Value | undefined): Value => {
    let value: Value | undefined;
    try {
      value = emit();
    } catch (error) {
      throw wrong(rule, formula, `does not work on the engine's values (${(error as Error).message})`);
    }
    if (value?.shape?.join() !== shape.join())
      throw wrong(
        rule,
        formula,
        `gives the shape [${value?.shape ?? 'none'}] for a layer of the shape [${shape}]`,
      );
    return value;
  };
  let mask: Value;
  if (selection.kind === 'top') {
    const key = emitted('selection.key', () => selection.key(ops, score));
    mask = ops.atLeast(key, graph.input('threshold', [1]));
  } else {
    emitted('selection.settled', () => selection.settled(ops, score));
    mask = emitted('selection.mask', () => selection.mask(ops, score, noise));
  }
  emitted('effective', () => rule.effective(ops, { weight, mask }));
  if (rule.scoreGradient)
    emitted('scoreGradient', () => rule.scoreGradient!(ops, { dw, weight, score, mask }));
}

const wrong = ({ name }: Rule, formula: string, why: string) =>
  new InputError(
    `rule '${name}': ${formula}`,
    why,
    `write it with the functions of ops alone (${Object.keys(arrayOps).join(', ')}), and return a value of the layer's shape`,
  );
