import { requireDatasetName } from '../train/data/open.js';
import { hasDevices } from '../train/engines/devices.js';
import { requireEnginePath } from '../train/engines/names.js';
import { readEpochs } from '../train/run/read-records.js';
import { readResult } from '../train/run/result.js';
import type { Machine } from '../train/run/setup.js';
import { secondsOfLastEpoch } from '../train/run/times.js';
import { RUN_DEFAULTS } from '../train/spec/defaults.js';
import {
  modeOf,
  resolveTrainSpec,
  TRAIN_SPEC_KEYS,
  type TrainSpec,
  trainRunName,
} from '../train/spec/spec.js';
import type { JobKind, JobMachine } from './job.js';

/** Training runs, the same that `iterand train` carries out. Their settings are those of a training spec. */
export const trainingJobs: JobKind<TrainSpec> = {
  name: 'train',
  root: RUN_DEFAULTS.root,
  keys: TRAIN_SPEC_KEYS,
  unit: 'epochs',
  resolve(settings) {
    const spec = resolveTrainSpec(settings);
    requireDatasetName(spec.data);
    requireEnginePath(spec);
    return spec;
  },
  runName: trainRunName,
  units: (spec) => spec.epochs,
  isFinished: (paths) => readResult(paths) !== undefined,
  async run(spec, seed, { root, machine = {}, signal, progress, warn }) {
    const { trainRun } = await import('../train/run/train.js');
    const outcome = await trainRun(spec, seed, {
      root,
      ...machineFor(spec, machine),
      ...(signal === undefined ? {} : { signal }),
      ...(warn === undefined ? {} : { warn }),
      began: ({ position }) => progress?.({ done: position.epoch }),
      callbacks: [
        { epoch: ({ epoch, validation }) => progress?.({ done: epoch + 1, rate: validation.accuracy }) },
      ],
    });
    return outcome.state === 'finished'
      ? { state: 'finished', already: outcome.already }
      : { state: 'stopped' };
  },
  costKey: (spec) => {
    const { network, width, data, imageSize, batch, evaluationBatch, engine, provider, backend } = spec;
    const rule = spec.rule === undefined ? {} : { rule: spec.rule };
    return {
      network,
      width,
      data,
      imageSize,
      batch,
      evaluationBatch,
      engine,
      ...(backend === undefined ? { provider } : { backend }),
      rule,
      mode: modeOf(spec),
    };
  },
  async measure(spec, seed, machine) {
    const { estimateRun } = await import('../train/run/estimate.js');
    const { secondsPerEpoch, secondsOfTest, memory } = await estimateRun(
      spec,
      seed,
      machineFor(spec, machine),
    );
    return { secondsPerUnit: secondsPerEpoch, secondsBeside: secondsOfTest, memory };
  },
  progressOf(paths, spec) {
    const result = readResult(paths)?.result;
    // Of a finished run one file is read, however many epochs it had.
    if (result !== undefined) return { done: spec.epochs, result: result.test.accuracy };
    const epochs = readEpochs(paths);
    return {
      done: epochs.length,
      ...(epochs.length === 0 ? {} : { rate: epochs.at(-1)!.validation.accuracy }),
    };
  },
  records: (paths) => paths.epochs,
  pace: secondsOfLastEpoch,
};

/** Runs that share a machine decode their images with as many threads as they compute with, not with all cores; those on the CPU have no device. */
function machineFor(spec: TrainSpec, { device, ...given }: JobMachine): JobMachine & Machine {
  const { data } = spec;
  const machine = device !== undefined && hasDevices(spec) ? { ...given, device } : given;
  const { threads, workers } = machine;
  const decodes = data === 'imagenet' || data.startsWith('folder:');
  return workers === undefined && threads !== undefined && decodes
    ? { ...machine, workers: threads }
    : machine;
}
