import { InputError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import { arrayOps } from '../prune/rules/arrays.js';
import type { Ops } from '../prune/rules/ops.js';
import type { Rule } from '../prune/rules/rule.js';

/** A value of which only the shape is known. */
interface Shaped {
  readonly shape: readonly number[];
}

const same = ({ shape }: Shaped): Shaped => ({ shape });

/** The shape of two values together: equal ones, or one of a single number. */
function joined(a: Shaped, b: Shaped): Shaped {
  if (sizeOf(b.shape) === 1) return same(a);
  if (sizeOf(a.shape) === 1 || a.shape.join() === b.shape.join()) return same(b);
  throw new RangeError(`values of the shapes [${a.shape}] and [${b.shape}] do not match`);
}

const shapeOps: Ops<Shaped> = {
  add: joined,
  sub: joined,
  mul: joined,
  div: joined,
  scale: same,
  offset: same,
  abs: same,
  sign: same,
  exp: same,
  sigmoid: same,
  clamp: same,
  atLeast: joined,
  above: same,
  sum: ({ shape }) => ({ shape: shape.map(() => 1) }),
  size: ({ shape }) => sizeOf(shape),
};

/**
 * Carries every formula of a rule out once on shapes alone, of a layer of two by three weights.
 *
 * @throws InputError for a formula that works on arrays alone, or gives another shape than the layer's
 */
export function requireRuleShapes(rule: Rule): void {
  const shape = [2, 3];
  const [weight, score, dw, noise] = [{ shape }, { shape }, { shape }, { shape }];
  const { selection } = rule;
  const carried = (formula: string, carryOut: () => Shaped | undefined): Shaped => {
    let value: Shaped | undefined;
    try {
      value = carryOut();
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
  let mask: Shaped;
  if (selection.kind === 'top') {
    const key = carried('selection.key', () => selection.key(shapeOps, score));
    mask = shapeOps.atLeast(key, { shape: [1] });
  } else {
    carried('selection.settled', () => selection.settled(shapeOps, score));
    mask = carried('selection.mask', () => selection.mask(shapeOps, score, noise));
  }
  carried('effective', () => rule.effective(shapeOps, { weight, mask }));
  if (rule.scoreGradient)
    carried('scoreGradient', () => rule.scoreGradient!(shapeOps, { dw, weight, score, mask }));
}

const wrong = ({ name }: Rule, formula: string, why: string) =>
  new InputError(
    `rule '${name}': ${formula}`,
    why,
    `write it with the functions of ops alone (${Object.keys(arrayOps).join(', ')}), and return a value of the layer's shape`,
  );
