/**
 * The theory of the paper, float64 and without a tensor library: networks, bounds, exact probabilities, the
 * construction's simulators, Monte Carlo, the claims ledger. `require('iterand/theory')` works too.
 */
export { InputError } from '../core/errors.js';
export { clopperPearson, type Interval } from '../core/intervals.js';
export { type Stream, stream } from '../core/rng.js';
export { decodeSafetensors, encodeSafetensors, type Tensor } from '../core/safetensors.js';
export { compileFormula, type Formula } from './bounds/formula.js';
export * from './bounds/index.js';
export * from './bounds/table.js';
export { type Bracket, type CertifyOptions, certify, type UpperName } from './certify/certify.js';
export { type Pair, type PairLayer, pairOf } from './certify/pair.js';
export { effectiveRounding, proofBound } from './certify/proof.js';
export { type UpperBound, upperBounds } from './certify/upper.js';
export * from './claims/claim.js';
export { claimIds, runLedger } from './claims/ledger.js';
export * from './probability/exact.js';
export * from './probability/finite-values.js';
export { twoNeuronExistence } from './probability/two-neuron-existence.js';
export * from './problem/distribution.js';
export * from './problem/problem.js';
export * from './problem/tabulated.js';
export * from './problem/target.js';
export { decodeTarget, encodeTarget } from './problem/target-file.js';
export * from './search/construction.js';
export * from './search/effective.js';
export { type Instance, searchInstance } from './search/instance.js';
export { decodeInstance, encodeInstance, FalseClaimError } from './search/instance-file.js';
export * from './search/network.js';
export * from './search/search.js';
export {
  type Strategy,
  type StrategyName,
  strategyByName,
  strategyNames,
} from './search/strategies/index.js';
export * from './search/subset/anytime.js';
export { SubsetSums, subsetSumBytes } from './search/subset/subset-sums.js';
export * from './simulate/montecarlo.js';
export * from './simulate/outcome.js';
export { type Simulator, simulators } from './simulate/trials.js';
