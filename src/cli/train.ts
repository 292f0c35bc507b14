import { Command, Option } from 'commander';
import type { Machine } from '../train/run/setup.js';
import type { TrainSpec } from '../train/spec/spec.js';
import { machineFlags, machineOf, pick } from './machine.js';

/** A flag for every key of the training spec, with what it means. */
const SPEC_FLAGS: readonly [flag: string, help: string, numeric?: true][] = [
  ['--network <name>', 'conv2, conv4, conv6, conv8, resnet18, resnet34, resnet50 or resnet101'],
  ['--width <factor>', 'factor on the channels (default 1)', true],
  ['--method <name>', 'sgd, edge-popup or iterand'],
  ['--data <name>', 'mnist, cifar10, imagenet or folder:PATH'],
  ['--image-size <pixels>', 'folder:PATH alone: side of what the network sees (default 224)', true],
  ['--param <distribution>', 'of the weights: ku, kn, sc or uniform (default ku; sc from 64 pixels on)'],
  ['--score <distribution>', 'of the first scores (default ku)'],
  ['--sparsity <p>', 'pruned fraction of each layer (default 0.5; ResNet 0.6; from 64 pixels on 0.7)', true],
  [
    '--period <iterations>',
    'K_per, iterations between randomizations (default 300; MNIST 5; from 64 pixels on 1000)',
    true,
  ],
  ['--rate <r>', 'probability that a pruned weight is drawn anew (default 0.1)', true],
  ['--epochs <number>', 'default 100; MNIST 10; from 64 pixels on 105', true],
  ['--warmup <epochs>', 'first epochs with a linearly rising rate (default 0; from 64 pixels on 5)', true],
  ['--final-epochs <epochs>', 'last epochs at the final rate (default 0; from 64 pixels on 5)', true],
  ['--final-rate <rate>', 'learning rate of the final epochs (default 1e-5)', true],
  ['--batch <images>', 'images in a training batch (default 128)', true],
  ['--evaluation-batch <images>', 'images in an evaluation batch (default 512; from 64 pixels on 128)', true],
  ['--learning-rate <rate>', 'largest rate (default 0.3; SGD 0.01; ResNets and from 64 pixels on 0.1)', true],
  ['--momentum <factor>', 'default 0.9', true],
  ['--weight-decay <factor>', 'default 1e-4; ResNets below 64 pixels 5e-4', true],
  ['--engine <name>', 'what runs the network: onnx (default)'],
  ['--provider <name>', 'hardware of the onnx engine: cpu (default), cuda, webgpu, coreml or dml'],
];

interface OtherFlags extends Machine {
  readonly spec?: string;
  readonly resume?: string;
  readonly seed: number;
  readonly out: string;
  readonly checkpointEpochs?: number;
  readonly checkpointMinutes?: number;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `iterand train`. */
export function trainCommand(): Command {
  const command = new Command('train')
    .summary('train a network with SGD, edge-popup or IteRand')
    .description(
      'Trains a network. What is not given is as in the paper for this network, method and data. The run is kept in\n' +
        '<out>/<network>-<method>-<data>-<id>/seed-<seed>; the same command resumes it where it stopped, and a finished run is not\n' +
        'run again. Ctrl-C finishes the step, saves and says how to go on.',
    );
  for (const [flag, help, numeric] of SPEC_FLAGS)
    command.addOption(numeric ? new Option(flag, help).argParser(Number) : new Option(flag, help));
  machineFlags(command);
  return command
    .option('--spec <file>', 'take these settings from a JSON file; flags come on top')
    .option('--resume <run>', "go on with a run, by its folder or name (see 'iterand runs')")
    .option('--seed <number>', 'seed of everything random', Number, 1)
    .option('--out <folder>', 'folder of all runs', 'runs')
    .option('--checkpoint-epochs <number>', 'epochs between checkpoints (default 1)', Number)
    .option('--checkpoint-minutes <number>', 'minutes between checkpoints (default 10)', Number)
    .option('--dry-run', 'print the settings, sizes and the measured time and memory estimate; write nothing')
    .option('--json', 'print the result as JSON, no progress')
    .addHelpText(
      'after',
      '\nExample:\n  npx iterand train --network conv6 --width 0.25 --method iterand --param ku --sparsity 0.5 --data cifar10',
    )
    .action(async (options: OtherFlags & Record<string, unknown>) => {
      const { spec, seed, root } = await chosenRun(options);
      const { requireInteger, requireNumber } = await import('../core/errors.js');
      requireInteger('--seed', seed, 0, Number.MAX_SAFE_INTEGER);
      const machine = machineOf(options);
      if (options.dryRun) {
        const { dryRun } = await import('./train-estimate.js');
        const { reportingDivergence } = await import('./train-run.js');
        await reportingDivergence(async () => {
          process.stdout.write(await dryRun(spec, seed, root, machine, options.json === true));
        });
        return;
      }
      const every = pick(options, ['checkpointEpochs', 'checkpointMinutes']);
      if (every.checkpointEpochs !== undefined)
        requireInteger('--checkpoint-epochs', every.checkpointEpochs, 1, 1e9);
      if (every.checkpointMinutes !== undefined)
        requireNumber('--checkpoint-minutes', every.checkpointMinutes, 0, 1e9);
      const { carryOutRun } = await import('./train-run.js');
      await carryOutRun(spec, seed, { root, ...machine, ...every }, options.json === true);
    });
}

/** The spec, seed and runs folder that the flags name. */
async function chosenRun(
  options: OtherFlags & Record<string, unknown>,
): Promise<{ spec: TrainSpec; seed: number; root: string }> {
  const { resolveTrainSpec } = await import('../train/spec/spec.js');
  const keys = SPEC_FLAGS.map(([flag]) =>
    flag
      .slice(2)
      .replace(/ .*/, '')
      .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
  );
  const flags = pick(options, keys);
  const { InputError } = await import('../core/errors.js');
  if (options.resume !== undefined) {
    const [given] = Object.keys(flags);
    if (given !== undefined || options.spec !== undefined)
      throw new InputError(
        `--resume with --${given ?? 'spec'}`,
        'a run keeps the settings it was begun with',
        'leave the settings out, or start a new run without --resume',
      );
    const { openRun } = await import('../train/run/open.js');
    return openRun(options.out, options.resume);
  }
  const { readFileSync } = await import('node:fs');
  let file: object = {};
  if (options.spec !== undefined)
    try {
      file = JSON.parse(readFileSync(options.spec, 'utf8'));
    } catch (error) {
      throw new InputError(
        `--spec ${options.spec}`,
        `cannot be read (${(error as Error).message})`,
        'give a JSON file',
      );
    }
  return { spec: resolveTrainSpec({ ...file, ...flags }), seed: options.seed, root: options.out };
}
