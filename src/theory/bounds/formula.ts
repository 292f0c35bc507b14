import type { BigNumber, MathNode } from 'mathjs';
import { InputError } from '../../core/errors.js';
import { requireLanguage } from './formula-language.js';
import { valueAt } from './formula-value.js';
import { mathjs } from './mathjs.js';

/** A formula in mathjs syntax over named variables. */
export interface Formula {
  /** As it was written. */
  readonly text: string;
  /** The value in double precision. */
  evaluate(variables: Readonly<Record<string, number>>): number;
  /** The least integer not below the value: decided with 64 digits where doubles cannot tell. */
  ceil(variables: Readonly<Record<string, number>>): number;
}

/** The longest formula, in characters. */
const LONGEST = 2000;

/**
 * Compiles a formula, e.g. `64 l^2 din^2 dout / (epsilon^2 R^2) * log(2 l din dout / delta)`. It may hold numbers, variables, e, pi,
 * + - * / % ^ !, comparisons with `? :`, and the functions of formula-language.ts: numbers alone come out, in bounded time and memory.
 * In mathjs a product without a sign binds tighter than a quotient: `a/b c` is `a/(b c)`.
 *
 * @param text mathjs syntax; log is natural
 * @param known the variable names it may use
 * @throws InputError on a syntax error, a name that is neither a variable nor such a function, or anything else of mathjs
 */
export function compileFormula(text: string, known: readonly string[]): Formula {
  const bad = (rule: string, fix = 'correct it') => new InputError(`formula '${text}'`, rule, fix);
  if (text.trim() === '') throw bad('is empty', 'write an expression, or leave it out');
  if (text.length > LONGEST) throw bad(`has more than ${LONGEST} characters`, 'write a shorter one');
  const math = mathjs();
  let root: MathNode;
  try {
    root = math.parse(text);
  } catch (error) {
    throw bad(`is not in mathjs syntax (${(error as Error).message})`);
  }
  requireLanguage(root, known, bad);
  const run = (variables: Readonly<Record<string, number>>): BigNumber => {
    const value = valueAt(root, variables, bad);
    if (!math.isBigNumber(value))
      throw bad('gives true or false, not a number', 'use a comparison before ? : alone');
    return value;
  };
  const finite = (value: BigNumber): number => {
    if (Number.isFinite(Number(value))) return Number(value);
    throw bad(`gives ${value.toPrecision(6)}, too large for a double`, 'write one whose value is smaller');
  };
  return {
    text,
    evaluate: (variables) => finite(run(variables)),
    ceil: (variables) => finite(math.ceil(run(variables))),
  };
}
