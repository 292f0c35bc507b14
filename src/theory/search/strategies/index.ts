import { requireOneOf } from '../../../core/errors.js';
import { product } from './product.js';
import { projection } from './projection.js';
import { type Strategy, type StrategyName, strategyNames } from './strategy.js';
import { subsetSum } from './subset-sum.js';
import { subsetSumFirst, subsetSumFixed } from './subset-sum-fixed.js';

export { type Strategy, type StrategyName, type StrategyOptions, strategyNames } from './strategy.js';

/** Every strategy, by its name. */
const strategies: Readonly<Record<StrategyName, Strategy>> = {
  projection,
  product,
  'subset-sum-first': subsetSumFirst,
  'subset-sum-fixed': subsetSumFixed,
  'subset-sum': subsetSum,
};

/** The strategy of this name. @throws InputError that lists the names */
export const strategyByName = (name: string): Strategy =>
  strategies[requireOneOf('strategy', name, strategyNames)];

/** The bound whose widths a strategy has if none is asked for. */
export const defaultBound = (strategy: StrategyName): string =>
  strategyByName(strategy).sums ? 'resampled' : 'corrected';
