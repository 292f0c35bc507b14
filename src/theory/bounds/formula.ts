import type { MathNode } from 'mathjs';
import { InputError, nearest } from '../../core/errors.js';
import { mathjs } from './mathjs.js';

/** A formula in mathjs syntax over named variables, compiled. */
export interface Formula {
  /** As it was written. */
  readonly text: string;
  /** The value in double precision. */
  evaluate(variables: Readonly<Record<string, number>>): number;
  /** The least integer not below the value: decided with 64 digits where doubles cannot tell. */
  ceil(variables: Readonly<Record<string, number>>): number;
}

/**
 * Compiles a formula, e.g. `64 l^2 din^2 dout / (epsilon^2 R^2) * log(2 l din dout / delta)`.
 * In mathjs a product without a sign binds tighter than a quotient: `a/b c` is `a/(b c)`.
 *
 * @param text mathjs syntax; log is natural
 * @param known the variable names it may use
 * @throws InputError on a syntax error or a name that is neither a variable nor a function of mathjs
 */
export function compileFormula(text: string, known: readonly string[]): Formula {
  const math = mathjs();
  let node: MathNode;
  try {
    node = math.parse(text);
  } catch (error) {
    throw new InputError(
      `formula '${text}'`,
      `is not in mathjs syntax (${(error as Error).message})`,
      'correct it',
    );
  }
  node.traverse((part: MathNode, path: string, parent: MathNode) => {
    if (part.type === 'AssignmentNode' || part.type === 'FunctionAssignmentNode')
      throw new InputError(`formula '${text}'`, 'assigns a name', 'write one expression');
    if (part.type !== 'SymbolNode' || (path === 'fn' && parent?.type === 'FunctionNode')) return;
    const name = part.toString();
    if (known.includes(name) || name === 'e' || name === 'pi') return;
    const near = nearest(name, known);
    throw new InputError(
      `formula '${text}'`,
      `uses the unknown name '${name}'; the variables are ${known.join(', ')}`,
      near === undefined ? 'use these' : `did you mean '${near}'`,
    );
  });
  const code = node.compile();
  const run = (variables: Readonly<Record<string, unknown>>): unknown => {
    try {
      return code.evaluate({ ...variables });
    } catch (error) {
      throw new InputError(
        `formula '${text}'`,
        `cannot be evaluated (${(error as Error).message})`,
        'correct it',
      );
    }
  };
  const evaluate = (variables: Readonly<Record<string, number>>): number => {
    const value = Number(run(bigNumbers(variables)));
    if (Number.isFinite(value)) return value;
    throw new InputError(`formula '${text}'`, `gives ${value}`, 'write one whose value is a finite number');
  };
  return {
    text,
    evaluate,
    ceil(variables) {
      evaluate(variables);
      const value = run(bigNumbers(variables)) as ReturnType<typeof math.bignumber>;
      return Number(math.ceil(value));
    },
  };
}

function bigNumbers(variables: Readonly<Record<string, number>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, mathjs().bignumber(value)]),
  );
}
