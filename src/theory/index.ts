/**
 * The theory of the paper, float64 and without a tensor library: networks, bounds, exact probabilities, the
 * construction's simulators, Monte Carlo, the claims ledger. `require('iterand/theory')` works too.
 */
export { InputError } from '../core/errors.js';
export { clopperPearson, type Interval } from '../core/intervals.js';
export { type Stream, stream } from '../core/rng.js';
export * from './bounds.js';
export * from './claims/claim.js';
export { claimIds, runLedger } from './claims/ledger.js';
export * from './construction.js';
export * from './distribution.js';
export * from './effective.js';
export * from './exact.js';
export { twoNeuronExistence } from './existence.js';
export { compileFormula, type Formula } from './formula.js';
export * from './montecarlo.js';
export * from './network.js';
export * from './outcome.js';
export * from './projection.js';
export * from './target.js';
export { type Simulator, simulators } from './trials.js';
