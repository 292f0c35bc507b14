import { InputError } from '../../core/errors.js';
import { requireMemory } from '../../core/memory.js';
import type { Progress } from '../../core/progress.js';
import { requireDataset, splits } from '../data/dataset.js';
import { type Dataset, openDataset, openPipeline, type Pipeline } from '../data/index.js';
import { isKnownName } from '../data/open.js';
import type { Engine } from '../engines/engine.js';
import { estimatedMemory, MEMORY_ACCURACY } from '../engines/memory.js';
import { type EnginePath, onCpu } from '../engines/names.js';
import { openEngine } from '../engines/open.js';
import type { NetworkDescription } from '../networks/description.js';
import { requireRule } from '../prune/rules/require.js';
import type { Rule } from '../prune/rules/rule.js';
import { ruleOf } from '../spec/pruning.js';
import type { SparsityRamp } from '../spec/schedule.js';
import { describeSpecNetwork, modeOf, parseTrainSpec, type TrainSpec } from '../spec/spec.js';

/**
 * How a machine works on a run; no part of the run's id. The bytes of a result hold for one processor and number of `threads`, whose
 * sums differ in their last bits; `workers` and the folder change nothing, and `skip` leaves images out.
 */
export interface Machine {
  /** Data of one's own, in place of those that the spec names; the spec's `data` is then its name. */
  readonly dataset?: Dataset;
  /** A pruning rule of one's own; the spec's `rule` is then its name. */
  readonly rule?: Rule;
  /** Default: the environment's ITERAND_DATA, or ./data. */
  readonly dataFolder?: string;
  /** What evaluations compute with, in place of the spec's engine; training keeps to the spec. */
  readonly on?: EnginePath | undefined;
  /** Threads of the CPU provider; default all cores. */
  readonly threads?: number;
  /** Which of CUDA's devices that this process sees, from 0, the default; of the provider `cuda` and the backend `tensorflow` alone. */
  readonly device?: number;
  /** Threads that make batches; the data's default. */
  readonly workers?: number;
  /** What an image that cannot be read does; default `stop`. */
  readonly unreadable?: 'stop' | 'skip';
  /** Told of image files read to know the data by their content, of those that are new or changed, once that takes more than a second. */
  readonly opening?: Progress;
}

/** What a spec trains and evaluates with. */
export interface Setup {
  readonly dataset: Dataset;
  readonly pipeline: Pipeline;
  readonly engine: Engine;
  /** Of a spec whose pruned fraction rises. */
  readonly ramp: SparsityRamp | undefined;
  close(): Promise<void>;
}

/**
 * Opens data, network and engine of a spec; the engine's state is not yet written.
 *
 * @param use what memory is looked for: an evaluation needs less than training
 * @throws InputError if data, provider or memory are not there
 */
export async function setUp(
  spec: TrainSpec,
  machine: Machine = {},
  use: 'training' | 'evaluation' = 'training',
): Promise<Setup> {
  const { threads, device, workers, unreadable } = machine;
  const rule = ruleFor(spec, machine.rule);
  const dataset = await datasetFor(spec, machine);
  if (dataset.size !== spec.imageSize)
    throw new InputError(
      `imageSize ${spec.imageSize}`,
      `${dataset.name} gives images of ${dataset.size} pixels`,
      machine.dataset ? `pass ${dataset.size}` : 'leave it out; only folder:PATH and mnist take one',
    );
  if (dataset.count('train') === 0)
    throw new InputError(
      dataset.name,
      'its train split is empty once the validation images are taken out of it',
      'add training images',
    );
  const network = describeSpecNetwork(spec, dataset);
  const { engine: name, provider, backend } = (use === 'evaluation' && machine.on) || spec;
  const path = { engine: name, provider, backend };
  requireRoom(spec, network, dataset, use, path);
  const engine = await openEngine({ ...spec, ...path, rule, device, mode: modeOf(spec) }, network, threads);
  const pipeline = await openPipeline(dataset, {
    ...(workers === undefined ? {} : { workers }),
    ...(unreadable === undefined ? {} : { unreadable }),
  });
  const close = async () => {
    await pipeline.close();
    await engine.release();
  };
  const { sparsity, ramp } = spec;
  const rising = sparsity === undefined || ramp === undefined ? undefined : { sparsity, ramp };
  return { dataset, pipeline, engine, ramp: rising, close };
}

/** The rule of a spec: one's own where it is passed, whose settings must be those that it has. */
function ruleFor(spec: TrainSpec, own: Rule | undefined): Rule | undefined {
  const rule = ruleOf(spec, own);
  if (own !== undefined) {
    requireRule(own);
    parseTrainSpec(spec, own);
  }
  return rule;
}

/** The data of a spec: one's own where they are passed, which no known set's name may stand for. */
function datasetFor(
  { data, imageSize, pixels }: TrainSpec,
  { dataFolder, dataset, opening }: Machine,
): Promise<Dataset> {
  if (dataset === undefined)
    return openDataset(data, {
      ...(dataFolder === undefined ? {} : { dataFolder }),
      ...(data.startsWith('folder:') || data === 'mnist' ? { size: imageSize } : {}),
      ...(pixels === undefined ? {} : { pixels }),
      ...(opening === undefined ? {} : { progress: opening }),
    });
  if (data !== dataset.name || isKnownName(data))
    throw new InputError(
      `data '${data}' with a dataset of one's own, '${dataset.name}'`,
      'the spec names the dataset by its own name, and no name that the package opens by itself',
      `name both alike, such as 'my-images'`,
    );
  if (pixels !== undefined)
    throw new InputError(
      `pixels ${pixels}`,
      "means nothing for a dataset of one's own, whose transform says what the network sees",
      'leave it out',
    );
  return Promise.resolve(requireDataset(dataset));
}

/** Refuses a run that clearly does not fit into memory, before any is taken. Of other hardware's memory only the host's is known. */
function requireRoom(
  spec: TrainSpec,
  network: NetworkDescription,
  dataset: Dataset,
  use: 'training' | 'evaluation',
  path: EnginePath,
): void {
  const images = (batch: number, most: number) => (onCpu(path) ? Math.min(batch, most) : 0);
  const batch = use === 'training' ? images(spec.batch, dataset.count('train')) : 0;
  const largestSplit = Math.max(...splits.map((split) => dataset.count(split)));
  const evaluationBatch = images(spec.evaluationBatch, largestSplit);
  requireMemory(
    `${use} of ${network.name} at width ${spec.width} on images of ${dataset.size} pixels, ${batch || evaluationBatch} at a time`,
    estimatedMemory(network, { mode: modeOf(spec), batch, evaluationBatch }),
    'lower the width, the batch or the size of the images',
    MEMORY_ACCURACY,
  );
}
