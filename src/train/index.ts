/**
 * Training by pruning, as the command line does it and in its parts: networks, data, engines, the loop, runs on disk, tickets, export.
 * `require('iterand/train')` works too. Every error that a caller can cause is an {@link InputError}.
 */
export { InputError } from '../core/errors.js';
export { type Stream, stream } from '../core/rng.js';
export { decodeSafetensors, encodeSafetensors, type Tensor } from '../core/safetensors.js';
export * from './data/index.js';
export * from './data/prepare.js';
export {
  type Chunks,
  type Engine,
  type EngineOptions,
  type EvaluationResult,
  NonFiniteLossError,
  type StepBatch,
  type StepResult,
} from './engines/engine.js';
export { effectiveWeights, layerMasks } from './engines/masks.js';
export { ENGINES, type EngineName, type EnginePath } from './engines/names.js';
export { availableProviders } from './engines/onnx/available.js';
export { createOnnxEngine, type OnnxOptions } from './engines/onnx/engine.js';
export { standardPlanner } from './engines/onnx/forms/standard.js';
export { PROVIDERS, type Provider } from './engines/onnx/providers.js';
export { type EngineSettings, openEngine } from './engines/open.js';
export { BACKENDS, type Backend } from './engines/tfjs/backends.js';
export { createTfjsEngine, type TfjsOptions } from './engines/tfjs/engine.js';
export { type InferenceTensor, inferenceTensors } from './export/inference.js';
export { inferenceModel } from './export/onnx.js';
export { type ExportFiles, exportRun } from './export/run.js';
export type { EpochRecord, LoopCallbacks, StepRecord } from './loop/callbacks.js';
export { evaluateSplit, type Score } from './loop/evaluate.js';
export { type LoopParts, type LoopStanding, runLoop, startOfLoop } from './loop/loop.js';
export { Randomizer, type RandomizerSpec } from './loop/randomizer.js';
export { Recycler, type RecyclerSpec } from './loop/recycler.js';
export type { Refresher, RefreshSpec } from './loop/refresher.js';
export { type From, NetworkBuilder, type Window } from './networks/builder.js';
export { requireNetwork } from './networks/check.js';
export {
  type AddLayer,
  type AvgPoolLayer,
  type BatchNormLayer,
  type ConvLayer,
  type DenseLayer,
  type ExampleShape,
  type FlattenLayer,
  INPUT,
  type Layer,
  type MaxPoolLayer,
  type NetworkDescription,
  type ReluLayer,
  sizeOf,
  type WeightLayer,
  weightLayers,
  weightShape,
} from './networks/description.js';
export {
  type Biases,
  describeNetwork,
  NETWORK_NAMES,
  type NetworkName,
  type NetworkSpec,
} from './networks/index.js';
export type { WidthsName } from './networks/mlp.js';
export {
  multiplyAdds,
  parameterCount,
  prunableCount,
  type StateTensor,
  stateTensors,
  TRAINING_MODES,
  type TrainingMode,
} from './networks/tensors.js';
export { DISTRIBUTIONS, type Distribution, draw } from './prune/distributions.js';
export { type InitialSpec, initialState } from './prune/initial.js';
export { maskOf, maskThreshold, thresholdRank } from './prune/mask.js';
export { drawNoise, type NoiseSource, noiseOfStep } from './prune/noise.js';
export { chosenWeights, INITIAL, offeredWeights } from './prune/offered.js';
export { type Randomized, type Redraw, randomizeNaive, randomizePartial } from './prune/randomize.js';
export { recycle } from './prune/recycle.js';
export {
  PAIRINGS,
  type Pairing,
  REFRESH_NAMES,
  REFRESHED_SCORES,
  type RefreshedScore,
  type RefreshName,
} from './prune/refreshes.js';
export { arrayOps } from './prune/rules/arrays.js';
export { makeRule, RULES } from './prune/rules/index.js';
export type { Ops } from './prune/rules/ops.js';
export { requireRule } from './prune/rules/require.js';
export type {
  DrawnSelection,
  NoiseKind,
  Rule,
  RuleKind,
  RuleSettings,
  TopSelection,
} from './prune/rules/rule.js';
export { effectiveWeight, SCOPE_NAMES, type Scope, settledMask, thresholdsOf } from './prune/thresholds.js';
export { type Checkpoint, readCheckpoint, writeCheckpoint } from './run/checkpoint.js';
export { estimateRun, type RunEstimate } from './run/estimate.js';
export { type DamagedRun, type RunSummary, summarizeRuns } from './run/list.js';
export { type KnownRun, openRun } from './run/open.js';
export { DivergedError, type RunOptions, type RunOutcome, type RunResult } from './run/outcome.js';
export { readEpochs, readSteps } from './run/read-records.js';
export { capture as captureCheckpoint, putBack as restoreCheckpoint, type RunParts } from './run/saving.js';
export { scoreRun, type Which, withRun } from './run/score.js';
export { type Machine, type Setup, setUp } from './run/setup.js';
export { trainRun } from './run/train.js';
export { METHODS, type Method } from './spec/defaults.js';
export { listMethods, type MethodPart, type RulePart } from './spec/methods.js';
export { learningRateAt, type ScheduleSpec, type SparsityRamp, sparsityAt } from './spec/schedule.js';
export {
  describeSpecNetwork,
  modeOf,
  parseTrainSpec,
  resolveTrainSpec,
  type SpecNetwork,
  specNetworkName,
  type TrainSpec,
  trainRunName,
} from './spec/spec.js';
export {
  decodeTicket,
  encodeTicket,
  type Ticket,
  type TicketLayer,
  type TicketSizes,
  type TicketTensor,
  ticketSizes,
} from './ticket/index.js';
export {
  readTicket,
  rebuild as rebuildTicket,
  type TicketHeader,
  ticketOfRun,
  writeTicket as ticketBytes,
} from './ticket/run.js';
export { scoreTicket } from './ticket/score.js';
export { agrees, type Deviation, type ReplayReport } from './vectors/kind.js';
export { replayFile } from './vectors/replay.js';
