import type { BigNumber, MathNode } from 'mathjs';
import { type InputError, nearest } from '../../core/errors.js';
import { mathjs } from './mathjs.js';

/** mathjs' names of the operators a formula may use, and whether they give a number or a truth value. */
export const OPERATORS: ReadonlyMap<string, 'number' | 'comparison'> = new Map([
  ...['add', 'subtract', 'multiply', 'divide', 'pow', 'mod', 'factorial', 'unaryMinus', 'unaryPlus'].map(
    (name) => [name, 'number'] as const,
  ),
  ...['smaller', 'smallerEq', 'larger', 'largerEq', 'equal', 'unequal'].map(
    (name) => [name, 'comparison'] as const,
  ),
]);

/** How many arguments a function takes, and for one whose time grows with them, the largest integer it is given. */
interface FunctionRule {
  readonly takes: readonly [least: number, most: number];
  readonly largest?: number;
}

const one: FunctionRule = { takes: [1, 1] };
const two: FunctionRule = { takes: [2, 2] };
const some: FunctionRule = { takes: [1, Number.POSITIVE_INFINITY] };

/** The functions a formula may use, by mathjs' names: scalar, and of bounded time. */
export const FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  abs: one,
  ceil: one,
  floor: one,
  round: one,
  fix: one,
  sign: one,
  sqrt: one,
  cbrt: one,
  square: one,
  cube: one,
  exp: one,
  expm1: one,
  log: { takes: [1, 2] },
  log2: one,
  log10: one,
  log1p: one,
  pow: two,
  mod: two,
  min: some,
  max: some,
  factorial: { takes: [1, 1], largest: 400 },
  combinations: { takes: [2, 2], largest: 400 },
};

/** The constants of a formula, beside its variables. */
export const CONSTANTS: Readonly<Record<string, () => BigNumber>> = {
  e: () => mathjs().exp(mathjs().bignumber(1)),
  pi: () => mathjs().bignumber(mathjs().pi),
};

/** The error that a rule and a fix make for a formula. */
export type Bad = (rule: string, fix?: string) => InputError;

/** The most operations and parentheses of a formula: with the limits on its values they bound the time of evaluating it. */
const MOST_PARTS = 200;

/** Refuses every part of mathjs' language but scalar arithmetic, before anything is evaluated. */
export function requireLanguage(root: MathNode, known: readonly string[], bad: Bad): void {
  let parts = 0;
  const check = (node: MathNode): void => {
    if (!mathjs().isSymbolNode(node) && !mathjs().isConstantNode(node) && ++parts > MOST_PARTS)
      throw bad(`has more than ${MOST_PARTS} operations and parentheses`, 'write a shorter one');
    requirePart(node, known, bad);
    node.forEach((child, path) => {
      if (path !== 'fn') check(child);
    });
  };
  check(root);
}

function requirePart(part: MathNode, known: readonly string[], bad: Bad): void {
  const math = mathjs();
  if (math.isParenthesisNode(part) || math.isConditionalNode(part) || math.isRelationalNode(part)) return;
  if (math.isConstantNode(part)) {
    if (math.isBigNumber(part.value) || typeof part.value === 'number') return;
    throw bad(`holds ${part.toString()}, which is no number`, 'write numbers alone');
  }
  if (math.isOperatorNode(part)) {
    if (OPERATORS.has(part.fn)) return;
    throw bad(`uses the operator '${part.op}'`, 'use + - * / % ^ ! and comparisons');
  }
  if (math.isSymbolNode(part)) {
    if (known.includes(part.name) || Object.hasOwn(CONSTANTS, part.name)) return;
    throw bad(
      `uses the unknown name '${part.name}'; the variables are ${known.join(', ')}`,
      meant(part.name, known),
    );
  }
  if (math.isFunctionNode(part)) {
    const name = part.fn.toString();
    const functions = Object.keys(FUNCTIONS);
    if (math.isSymbolNode(part.fn) && functions.includes(name)) return;
    throw bad(
      `uses the unknown function '${name}'; the functions are ${functions.join(', ')}`,
      meant(name, functions),
    );
  }
  if (math.isAssignmentNode(part) || math.isFunctionAssignmentNode(part))
    throw bad('assigns a name', 'write one expression');
  throw bad(
    `holds '${part.toString()}', which is no arithmetic of numbers`,
    'write one expression of numbers',
  );
}

function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? 'use these' : `did you mean '${near}'`;
}
