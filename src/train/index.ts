export { type Stream, stream } from '../core/rng.js';
export { type Checkpoint, readCheckpoint } from './checkpoint.js';
export { METHODS, type Method } from './defaults.js';
export {
  type Engine,
  type EngineOptions,
  type EvaluationResult,
  NonFiniteLossError,
  type StepResult,
} from './engines/engine.js';
export { createOnnxEngine, type OnnxOptions } from './engines/onnx/engine.js';
export { standardPlanner } from './engines/onnx/forms/standard.js';
export { availableProviders, PROVIDERS, type Provider } from './engines/onnx/session.js';
export { evaluateSplit, type Score } from './evaluate.js';
export { type ExportFiles, exportRun } from './export/run.js';
export type { EpochRecord, LoopCallbacks, StepRecord } from './loop.js';
export {
  type Layer,
  NetworkBuilder,
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
export { type KnownRun, openRun } from './open-run.js';
export { DISTRIBUTIONS, type Distribution, draw } from './prune/distributions.js';
export { type InitialSpec, initialState } from './prune/initial.js';
export { maskOf, maskThreshold, thresholdRank } from './prune/mask.js';
export { type Randomized, type Redraw, randomizeNaive, randomizePartial } from './prune/randomize.js';
export { DivergedError, type RunOptions, type RunOutcome, type RunResult, trainRun } from './run.js';
export { type DamagedRun, type RunSummary, summarizeRuns } from './runs.js';
export { learningRateAt, type ScheduleSpec } from './schedule.js';
export { scoreRun } from './score.js';
export { resolveTrainSpec, type TrainSpec } from './spec.js';
export { scoreTicket } from './ticket/score.js';
export { agrees, type Deviation, type ReplayReport } from './vectors/kind.js';
export { replayFile } from './vectors/replay.js';
