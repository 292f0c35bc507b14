import { resolve } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { readBytes, requireWritable, writeAtomic } from '../core/files.js';
import { formatBound, formatNumber } from '../report/format.js';
import type { SavedEdges } from '../theory/search/edges/edge-file.js';
import type { Instance } from '../theory/search/instance.js';
import { numberOption, print, printJson, shared, textArgument, textOption } from './options.js';
import { addProblemOptions, type ProblemOptions, readProblem, scaleText } from './problem.js';

interface Options extends ProblemOptions {
  readonly trial: number;
  readonly out?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** `iterand search`: draw one random network, find the subnetwork, save it. */
export function searchCommand(): Command {
  const command = new Command('search').description(
    'One random network, every sample drawn: the subnetwork found in it.',
  );
  addProblemOptions(command)
    .addOption(
      numberOption('--trial <i>', 'which random network of the seed', { whole: true, least: 0 }).default(0),
    )
    .addOption(
      textOption('--out <file>', 'save masks, sample indices and effective network as .json or .safetensors'),
    )
    .addOption(shared.seed())
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Examples:
  iterand search --widths 3,4,2 --epsilon 1 --delta 0.1 --resamplings 200 --out found.safetensors
  iterand search --widths 3,4,2 --epsilon 0.1 --delta 0.1 --resamplings 16 --strategy subset-sum-fixed --out sums.json
  iterand check-instance found.safetensors`,
    )
    .action(run);
  return command;
}

/** `iterand check-instance`: reload a saved instance, draw its network again, and evaluate it. */
export function checkInstanceCommand(): Command {
  return new Command('check-instance')
    .addArgument(textArgument('<file>', 'what iterand search --out or iterand pensia --out wrote'))
    .description(
      'Reload a saved instance: redraw its random network and check the masks, samples and effective network.',
    )
    .addOption(shared.json())
    .addHelpText('after', '\nExample:\n  iterand check-instance found.safetensors')
    .action(check);
}

async function check(file: string, { json = false }: { json?: boolean }): Promise<void> {
  const bytes = readBytes(file);
  if (!file.endsWith('.json')) {
    const { decodeSafetensors } = await import('../core/safetensors.js');
    const { decodeEdges, holdsEdges } = await import('../theory/search/edges/edge-file.js');
    if (holdsEdges(decodeSafetensors(bytes, file))) return describeEdges(decodeEdges(bytes, file), json);
  }
  const { decodeInstance } = await import('../theory/search/instance-file.js');
  await describe(decodeInstance(bytes, file), json);
}

/** What `iterand pensia --out` saved, its samples drawn and added up again. */
async function describeEdges({ target, networks }: SavedEdges, json: boolean): Promise<void> {
  const { summarizeEdges } = await import('../theory/search/edges/network.js');
  const rows = networks.map((network) => {
    const { settings, edges } = network;
    return { ...settings, edgesPerWeight: edges, ...summarizeEdges(network) };
  });
  if (json) {
    printJson({ widths: target.widths, networks: rows });
    return;
  }
  print(`target ${target.widths.join('-')}; every sum below was drawn and added up again`);
  for (const { resamplings, edgesPerWeight, keptPerWeight, largestError, unserved, tolerance } of rows)
    print(
      `  R = ${resamplings}, n = ${edgesPerWeight}: ${keptPerWeight.toFixed(3)} kept a weight, within ${formatBound(largestError, 'upper')} (tolerance ${tolerance}), ${unserved.toLocaleString('en')} weights not served`,
    );
}

async function run(options: Options): Promise<void> {
  const { searchInstance } = await import('../theory/search/instance.js');
  const { encodeInstance } = await import('../theory/search/instance-file.js');
  if (options.out !== undefined && !/\.(json|safetensors)$/.test(options.out))
    throw new InputError(
      `--out ${options.out}`,
      'must end in .json or .safetensors',
      'name the kind of file',
    );
  if (options.out !== undefined) {
    if (resolve(options.out) === resolve(options.target))
      throw new InputError(`--out ${options.out}`, 'is the file of the target', 'pass another file');
    requireWritable(`--out ${options.out}`, options.out, 'file');
  }
  const { construction, target, scale } = readProblem(options, options.seed);
  const { epsilon } = options;
  const instance = { ...searchInstance(construction, target, options.seed, options.trial), epsilon };
  if (options.out !== undefined) writeAtomic(options.out, encodeInstance(instance, options.out));
  await describe(instance, options.json === true, scale);
  if (options.out !== undefined && !options.json) print(`saved to ${options.out}`);
}

/** @param scale f = scale * target, where a file was rescaled */
async function describe(instance: Instance, json: boolean, scale = 1): Promise<void> {
  const { construction, target, subnetwork, effective, success, failures, undecided, seed, trial } = instance;
  const { strategy } = construction;
  const { networkShape } = await import('../theory/search/network.js');
  const { largestEntryError } = await import('../theory/search/effective.js');
  const shape = networkShape(construction);
  const kept = subnetwork.masks.map((mask) => mask.reduce((sum, bit) => sum + bit, 0));
  const layers = construction.layers.map(({ tolerance, neurons, signs }, k) => ({
    tolerance,
    neurons,
    signs,
    largestEntryError: largestEntryError(effective, target, k),
  }));
  if (json) {
    printJson({
      ...{ strategy, success, failures, undecided, seed, trial, shape, kept, layers },
      ...(scale === 1 ? {} : { scale }),
    });
    return;
  }
  print(
    `random network ${shape.join('-')}, R = ${construction.resamplings}, seed ${seed}, trial ${trial}, strategy ${strategy}`,
  );
  if (scale !== 1) print(scaleText(scale));
  print(success ? 'success: every event is served' : `failure: ${failures} events are not served`);
  for (const { layer, input, sign, output, error, lower } of undecided)
    print(
      `  undecided: layer ${layer}, input ${input}, sign ${sign}, output ${output}: the nearest sum seen is off by ${formatNumber(error)}; none is nearer than ${formatNumber(lower)}`,
    );
  kept.forEach((count, m) => {
    print(`  G_${m + 1} (${shape[m + 1]} x ${shape[m]}): ${formatNumber(count)} entries kept`);
  });
  layers.forEach(({ tolerance, largestEntryError }, k) => {
    print(
      `  layer ${k + 1}: largest entry error ${formatNumber(largestEntryError)}, tolerance ${formatNumber(tolerance)}`,
    );
  });
}
