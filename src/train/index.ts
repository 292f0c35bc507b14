export { type Stream, stream } from '../core/rng.js';
export {
  type Engine,
  type EngineOptions,
  type EvaluationResult,
  NonFiniteLossError,
  type StepResult,
} from './engines/engine.js';
export { availableProviders } from './engines/onnx/available.js';
export { createOnnxEngine, type OnnxOptions } from './engines/onnx/engine.js';
export { standardPlanner } from './engines/onnx/forms/standard.js';
export { PROVIDERS, type Provider } from './engines/onnx/providers.js';
export { type ExportFiles, exportRun } from './export/run.js';
export type { EpochRecord, LoopCallbacks, StepRecord } from './loop/callbacks.js';
export { evaluateSplit, type Score } from './loop/evaluate.js';
export { NetworkBuilder } from './networks/builder.js';
export {
  type Layer,
  type NetworkDescription,
  type WeightLayer,
  weightLayers,
} from './networks/description.js';
export { describeNetwork, NETWORK_NAMES, type NetworkName, type NetworkSpec } from './networks/index.js';
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
export { type Randomized, type Redraw, randomizeNaive, randomizePartial } from './prune/randomize.js';
export { type Checkpoint, readCheckpoint } from './run/checkpoint.js';
export { type DamagedRun, type RunSummary, summarizeRuns } from './run/list.js';
export { type KnownRun, openRun } from './run/open.js';
export { DivergedError, type RunOptions, type RunOutcome, type RunResult } from './run/outcome.js';
export { readEpochs, readSteps } from './run/read-records.js';
export { scoreRun } from './run/score.js';
export { trainRun } from './run/train.js';
export { METHODS, type Method } from './spec/defaults.js';
export { learningRateAt, type ScheduleSpec } from './spec/schedule.js';
export { resolveTrainSpec, type TrainSpec } from './spec/spec.js';
export { scoreTicket } from './ticket/score.js';
export { agrees, type Deviation, type ReplayReport } from './vectors/kind.js';
export { replayFile } from './vectors/replay.js';
