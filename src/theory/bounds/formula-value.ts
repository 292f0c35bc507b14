import type { BigNumber, MathNode } from 'mathjs';
import { type Bad, CONSTANTS, FUNCTIONS, OPERATORS } from './formula-language.js';
import { mathjs } from './mathjs.js';

/** Every value on the way lies between 10^-LARGEST and 10^LARGEST in size, or is 0. */
const LARGEST = 1000;

/** A node's value: a number of bounded size, or the truth of a comparison. */
export function valueAt(
  node: MathNode,
  variables: Readonly<Record<string, number>>,
  bad: Bad,
): BigNumber | boolean {
  const math = mathjs();
  const value = (part: MathNode): BigNumber | boolean => valueAt(part, variables, bad);
  const number = (part: MathNode): BigNumber => {
    const found = value(part);
    if (typeof found === 'boolean')
      throw bad(`takes '${part.toString()}' for a number`, 'use a comparison before ? : alone');
    return found;
  };
  const truth = (part: MathNode): boolean => {
    const found = value(part);
    if (typeof found !== 'boolean')
      throw bad(`takes '${part.toString()}' for a comparison`, 'write e.g. R > 1 ? a : b');
    return found;
  };
  const compare = (fn: string, a: BigNumber, b: BigNumber): boolean => Boolean(call(fn, [a, b]));
  const call = (fn: string, args: BigNumber[]): unknown => {
    const functions = math as unknown as Record<string, (...args: BigNumber[]) => unknown>;
    try {
      return functions[fn]!(...args);
    } catch (error) {
      throw bad(`cannot be evaluated at ${fn} (${(error as Error).message})`);
    }
  };
  if (math.isParenthesisNode(node)) return value(node.content);
  if (math.isConstantNode(node))
    return bounded(math.bignumber(node.value as unknown as BigNumber), node, bad);
  if (math.isSymbolNode(node))
    return Object.hasOwn(variables, node.name)
      ? math.bignumber(variables[node.name]!)
      : CONSTANTS[node.name]!();
  if (math.isConditionalNode(node))
    return truth(node.condition) ? value(node.trueExpr) : value(node.falseExpr);
  if (math.isRelationalNode(node)) {
    const values = node.params.map(number);
    return node.conditionals.every((fn, i) => compare(fn, values[i]!, values[i + 1]!));
  }
  if (math.isOperatorNode(node)) {
    const args = node.args.map(number);
    const kind = OPERATORS.get(node.fn)!;
    if (kind === 'comparison') return compare(node.fn, args[0]!, args[1]!);
    requireArguments(node.fn, args, bad);
    return bounded(call(node.fn, args), node, bad);
  }
  if (math.isFunctionNode(node)) {
    const args = node.args.map(number);
    const { name } = node.fn as unknown as { name: string };
    requireArguments(name, args, bad);
    return bounded(call(name, args), node, bad);
  }
  throw bad(`holds '${node.toString()}'`);
}

/** The number of arguments a function takes, and the sizes up to which its time is bounded. */
function requireArguments(name: string, args: readonly BigNumber[], bad: Bad): void {
  const rule = FUNCTIONS[name];
  if (rule === undefined) return;
  const [least, most] = rule.takes;
  if (args.length < least || args.length > most)
    throw bad(
      `gives ${name} ${args.length} arguments`,
      `it takes ${least === most ? least : `${least} or more`}`,
    );
  const { largest } = rule;
  if (largest !== undefined && args.some((x) => !(x.abs().lte(largest) && x.isInteger())))
    throw bad(`takes ${name} of a number that is no integer up to ${largest}`, 'keep it to that');
}

/** A value on the way, or an error where it is no real number or outgrows {@link LARGEST}. */
function bounded(value: unknown, node: MathNode, bad: Bad): BigNumber {
  const math = mathjs();
  if (!math.isBigNumber(value) || !value.isFinite())
    throw bad(
      `gives ${math.isBigNumber(value) ? value.toString() : 'no real number'} at '${node.toString()}'`,
      'write one whose value is a finite number',
    );
  if (!value.isZero() && Math.abs(value.e) > LARGEST)
    throw bad(
      `has a value beyond 10^${Math.sign(value.e) * LARGEST} at '${node.toString()}'`,
      'keep its values within that',
    );
  return value;
}
