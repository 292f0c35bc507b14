import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { readBytes, requireWritable } from '../core/files.js';
import { parseJson } from '../core/json.js';
import { runPaths } from '../runs/paths.js';
import { requireDatasetName } from '../train/data/open.js';
import type { Machine } from '../train/run/setup.js';
import type { TrainSpec } from '../train/spec/spec.js';
import { deviceOption, machineFlags, machineOf, namedRun, pick, requireMachineUsed } from './machine.js';
import { refuseUnused, shared, textOption } from './options.js';
import { AUTO, checkpointOptions, specOptions } from './train-options.js';

interface TrainOptions extends Machine {
  readonly spec?: string;
  readonly networkFile?: string;
  readonly resume?: string;
  readonly seed: number;
  readonly out: string;
  readonly checkpointEpochs?: number;
  readonly checkpointMinutes?: number;
  readonly dryRun?: true;
  readonly json?: true;
}

type Flags = TrainOptions & Readonly<Record<string, unknown>>;

/** `iterand train`. */
export function trainCommand(): Command {
  const command = new Command('train')
    .summary('train a network with SGD, edge-popup, IteRand or another pruning rule')
    .description(
      'Trains a network. What is not given is as in the paper for this network, method and data. The run is kept in\n' +
        '<out>/<network>-<method>-<data>-<id>/seed-<seed>; the same command resumes it where it stopped, and a finished run is not\n' +
        'run again. Ctrl-C finishes the steps it has begun, saves and says how to go on.',
    );
  for (const option of [...specOptions(), ...checkpointOptions()]) command.addOption(option);
  return machineFlags(command)
    .addOption(deviceOption())
    .addOption(textOption('--spec <file>', 'take these settings from a JSON file; flags come on top'))
    .addOption(
      textOption(
        '--network-file <file>',
        'train the network that a JSON file describes, in place of --network (docs/extending.md)',
      ),
    )
    .addOption(textOption('--resume <run>', "go on with a run, by its folder or name (see 'iterand runs')"))
    .addOption(shared.seed())
    .addOption(shared.runs())
    .option('--dry-run', 'print the settings, sizes and the measured time and memory estimate; write nothing')
    .option('--json', 'print the result as JSON, no progress')
    .addHelpText(
      'after',
      '\nExample:\n  npx iterand train --network conv6 --width 0.25 --method iterand --param ku --sparsity 0.5 --data cifar10',
    )
    .action(train);
}

async function train(options: Flags, command: Command): Promise<void> {
  if (options.dryRun)
    refuseUnused(command, '--dry-run', ['checkpointEpochs', 'checkpointMinutes'], 'nothing is saved');
  const { spec, seed, root } = await chosenRun(options, command);
  requireDatasetName(spec.data);
  requireMachineUsed(command, spec);
  const machine = machineOf(options);
  const json = options.json === true;
  if (options.dryRun) {
    const { dryRun } = await import('./train-estimate.js');
    const { reportingDivergence } = await import('./train-run.js');
    await reportingDivergence(async () => {
      process.stdout.write(await dryRun(spec, seed, root, machine, json));
    });
    return;
  }
  const { trainRunName } = await import('../train/spec/spec.js');
  const { folder, result } = runPaths(root, trainRunName(spec, seed));
  if (!existsSync(result)) {
    requireWritable(`--out ${root}`, root, 'folder');
    requireWritable(folder, folder, 'folder');
  }
  const every = pick(options, ['checkpointEpochs', 'checkpointMinutes']);
  const { carryOutRun } = await import('./train-run.js');
  await carryOutRun(spec, seed, { root, ...machine, ...every }, json);
}

/** The spec, seed and runs folder that the flags name. */
async function chosenRun(
  options: Flags,
  command: Command,
): Promise<{ spec: TrainSpec; seed: number; root: string }> {
  const keys = specOptions().map((option) => option.attributeName());
  if (options.resume !== undefined) {
    refuseUnused(
      command,
      '--resume',
      [...keys, 'spec', 'networkFile', 'seed'],
      'a run keeps the settings and seed it was begun with',
    );
    return namedRun(command, options.out, options.resume);
  }
  const { resolveTrainSpec } = await import('../train/spec/spec.js');
  const { spec, networkFile } = options;
  const file =
    spec === undefined ? {} : readObject('--spec', spec, '{"network": "conv6", "method": "iterand"}');
  if (networkFile !== undefined)
    refuseUnused(command, '--network-file', ['network', 'width'], 'the file says what the network is');
  const network =
    networkFile === undefined
      ? {}
      : { network: readObject('--network-file', networkFile, "what NetworkBuilder's build() gives") };
  const given = { ...file, ...network, ...pick(options, keys) };
  return {
    spec: resolveTrainSpec(await withEngine(given, command)),
    seed: options.seed,
    root: options.out,
  };
}

/** The settings with the engine that `--engine auto` finds in the place of that word. */
async function withEngine(
  given: Readonly<Record<string, unknown>>,
  command: Command,
): Promise<Readonly<Record<string, unknown>>> {
  if (given.engine !== AUTO) return given;
  refuseUnused(command, `--engine ${AUTO}`, ['provider', 'backend'], 'it finds them');
  const { chooseEngine } = await import('./examined.js');
  const choice = await chooseEngine();
  if (choice === undefined)
    throw new InputError(
      `--engine ${AUTO}`,
      'no engine works here',
      "see 'iterand doctor' for what each needs",
    );
  const { engine, hardware } = choice.taken;
  const over = choice.passed.length === 0 ? '' : `; passed over: ${choice.passed.join('; ')}`;
  process.stderr.write(`iterand: --engine ${AUTO} takes ${engine} ${hardware}${over}.\n`);
  return { ...given, engine, [engine === 'onnx' ? 'provider' : 'backend']: hardware };
}

/** The object in a JSON file. @param example such an object, for errors */
function readObject(option: string, path: string, example: string): object {
  const value = parseJson(readBytes(path), `${option} ${path}`, 'give a JSON file');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InputError(`${option} ${path}`, 'holds no object', `give a JSON file such as ${example}`);
  return value;
}
