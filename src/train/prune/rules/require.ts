import { InputError } from '../../../core/errors.js';
import { arrayOps } from './arrays.js';
import { NOISES, type Rule } from './rule.js';

/** A layer that formulas are tried on: signs, zeros and sizes apart. */
const WEIGHTS = Float32Array.of(0.5, -0.25, 1, -2, 0.125, -0.75, 3);
const SCORES = Float32Array.of(-1, 2, 0.25, 0, -0.5, 1.5, 0.75);
const DW = Float32Array.of(1, -1, 0.5, 2, -0.25, 0, 0.125);
const NOISE = Float32Array.of(0.1, 0.9, 0.4, 0.5, 0.75, 0.2, 0.6);

/**
 * A rule whose formulas can be computed: each is tried on a small layer.
 *
 * @throws InputError for a missing part, a wrong length, values that are not finite, or a mask outside [0, 1]
 */
export function requireRule(rule: Rule): Rule {
  const { selection, scoreGradient } = rule;
  if (typeof rule.name !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(rule.name))
    throw new InputError(
      `rule '${rule.name}'`,
      'its name must be of lower-case letters, digits and hyphens',
      "name it such as 'my-rule'",
    );
  requireParts(rule);
  const masks = [];
  if (selection.kind === 'top') {
    const key = tried(rule, 'selection.key', () => selection.key(arrayOps, SCORES));
    const ordered = [...key].sort((a, b) => a - b);
    for (const threshold of [ordered[0]!, ordered[3]!, ordered[6]!])
      masks.push(arrayOps.atLeast(key, Float32Array.of(threshold)));
  } else {
    const own = {
      settled: () => selection.settled(arrayOps, SCORES),
      mask: () => selection.mask(arrayOps, SCORES, NOISE),
    };
    for (const [name, formula] of Object.entries(own)) {
      const mask = tried(rule, `selection.${name}`, formula);
      const outside = mask.find((m) => m < 0 || m > 1);
      if (outside !== undefined)
        throw wrong(rule, `selection.${name}`, `gives ${outside}, outside of [0, 1]`);
      masks.push(mask);
    }
    // Nothing keeps a draw from keeping all, or nothing.
    masks.push(new Float32Array(WEIGHTS.length), new Float32Array(WEIGHTS.length).fill(1));
  }
  for (const mask of masks) {
    tried(rule, 'effective', () => rule.effective(arrayOps, { weight: WEIGHTS, mask }));
    const at = { dw: DW, weight: WEIGHTS, score: SCORES, mask };
    if (scoreGradient) tried(rule, 'scoreGradient', () => rule.scoreGradient!(arrayOps, at));
  }
  return rule;
}

function requireParts(rule: Rule): void {
  const { selection, scoreGradient, initialScores } = rule;
  const functions: Record<string, unknown> = { effective: rule.effective };
  if (scoreGradient !== undefined) functions.scoreGradient = scoreGradient;
  if (initialScores !== undefined) functions.initialScores = initialScores;
  if (selection?.kind === 'top') functions['selection.key'] = selection.key;
  else if (selection?.kind === 'drawn') {
    functions['selection.mask'] = selection.mask;
    functions['selection.settled'] = selection.settled;
    if (!NOISES.includes(selection.noise))
      throw wrong(rule, 'selection.noise', `must be one of ${NOISES.join(', ')}, not ${selection.noise}`);
  } else throw wrong(rule, 'selection.kind', "must be 'top' or 'drawn'");
  for (const [name, value] of Object.entries(functions))
    if (typeof value !== 'function') throw wrong(rule, name, 'must be a function');
}

function tried(rule: Rule, formula: string, compute: () => Float32Array): Float32Array {
  let values: Float32Array;
  try {
    values = compute();
  } catch (error) {
    throw wrong(rule, formula, `fails on a layer of ${WEIGHTS.length} weights (${(error as Error).message})`);
  }
  if (!(values instanceof Float32Array) || values.length !== WEIGHTS.length)
    throw wrong(
      rule,
      formula,
      `gives ${values instanceof Float32Array ? `${values.length} values` : typeof values} for a layer of ${WEIGHTS.length} weights`,
    );
  const bad = values.find((v) => !Number.isFinite(v));
  if (bad !== undefined) throw wrong(rule, formula, `gives ${bad} for a layer of finite values`);
  return values;
}

/** First scores of a layer, of the rule's own. @throws InputError for a wrong length or values that are not finite */
export function requireScores(
  rule: Rule,
  scores: Float32Array,
  weights: number,
  layer: string,
): Float32Array {
  const what = `initialScores of ${layer}`;
  if (!(scores instanceof Float32Array) || scores.length !== weights)
    throw wrong(rule, what, `must be a Float32Array of ${weights} values, one a weight`);
  const bad = scores.find((v) => !Number.isFinite(v));
  if (bad !== undefined) throw wrong(rule, what, `holds ${bad}`);
  return scores;
}

const wrong = ({ name }: Rule, part: string, why: string) =>
  new InputError(`rule '${name}': ${part}`, why, 'mend the rule (docs/extending.md shows one)');
