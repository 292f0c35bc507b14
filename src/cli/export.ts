import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { requireWritable } from '../core/files.js';
import type { Which } from '../train/run/score.js';
import type { Machine } from '../train/run/setup.js';
import type { TicketSizes } from '../train/ticket/index.js';
import { deviceOption, machineFlags, machineOf, namedRun, pick, requireMachineUsed } from './machine.js';
import { choiceOption, shared, textArgument, textOption } from './options.js';

interface ExportOptions extends Machine {
  readonly out: string;
  readonly checkpoint: Which;
  readonly ticket?: string;
  readonly safetensors?: string;
  readonly onnx?: string;
  readonly target?: string;
  readonly json?: true;
}

/** `iterand export`. */
export function exportCommand(): Command {
  const command = new Command('export')
    .summary("write a run's network to a file: ticket, safetensors or ONNX")
    .description(
      "Writes a run's network. A ticket stores seeds, mask and, for IteRand, which randomization drew each kept weight last: the\n" +
        'weights are drawn again from it bit for bit (docs/tickets.md says of which runs). safetensors and ONNX hold the weights, pruned ones 0.\n' +
        "A target is what the theory's commands take as --target: a fully connected network without biases on pixels in [0, 1].",
    )
    .addArgument(textArgument('<run>', "a run's folder or name (see 'iterand runs')"))
    .addOption(textOption('--ticket <file>', 'write a ticket; its name must end in .ticket'))
    .addOption(textOption('--safetensors <file>', 'write the tensors'))
    .addOption(
      textOption('--onnx <file>', 'write a model for inference: input images, normalised; output logits'),
    )
    .addOption(
      textOption(
        '--target <file>',
        'write the matrices as a target of the theory; its name must end in .safetensors',
      ),
    )
    .addOption(shared.runs())
    .addOption(
      choiceOption('--checkpoint <which>', 'which state of the run', ['last', 'best']).default('last'),
    )
    .option('--json', 'print JSON');
  return machineFlags(command)
    .addOption(deviceOption())
    .addHelpText(
      'after',
      '\nExamples:\n  npx iterand export runs/conv6-iterand-cifar10-0123456789/seed-1 --ticket conv6.ticket --onnx conv6.onnx\n' +
        '  npx iterand export lenet-300-100-sgd-mnist-0123456789 --target lenet.safetensors',
    )
    .action(async (given: string, options: ExportOptions, command: Command) => {
      const files = pick(options, ['ticket', 'safetensors', 'onnx', 'target']);
      if (Object.keys(files).length === 0)
        throw new InputError(
          'no file',
          'nothing is to be written',
          'pass --ticket, --safetensors, --onnx or --target FILE',
        );
      if (files.ticket !== undefined && !files.ticket.endsWith('.ticket'))
        throw new InputError(
          `--ticket ${files.ticket}`,
          "must end in .ticket, by which 'iterand evaluate' knows it",
          `pass ${files.ticket}.ticket`,
        );
      if (files.target !== undefined && !files.target.endsWith('.safetensors'))
        throw new InputError(
          `--target ${files.target}`,
          'must end in .safetensors, as which it is written',
          `pass ${files.target}.safetensors`,
        );
      const run = await namedRun(command, options.out, given);
      requireMachineUsed(command, run.spec);
      requireOutputs(files, run.paths.folder);
      const { exportRun } = await import('../train/export/run.js');
      const sizes = await exportRun(run, options.checkpoint, files, machineOf(options));
      if (options.json)
        process.stdout.write(`${JSON.stringify({ files, ticket: sizes ?? null }, null, 2)}\n`);
      else
        process.stdout.write(`${[...Object.values(files), ...(sizes ? sizeLines(sizes) : [])].join('\n')}\n`);
    });
}

/** Each file can be written, is no other's, and none of the run's own. */
function requireOutputs(files: Readonly<Record<string, string>>, run: string): void {
  const own = readdirSync(run).map((name) => place(join(run, name)));
  const taken = new Map<string, string>();
  for (const [key, file] of Object.entries(files)) {
    const name = `--${key} ${file}`;
    requireWritable(name, file, 'file');
    const at = place(file);
    if (own.includes(at)) throw new InputError(name, "is a file of the run's own", 'pass another path');
    if (taken.has(at))
      throw new InputError(name, `is the file of --${taken.get(at)} too`, 'pass a file for each');
    taken.set(at, key);
  }
}

/** Where a path leads, whether or not there is a file. */
function place(path: string): string {
  const folder = dirname(resolve(path));
  try {
    return join(realpathSync(folder), basename(path));
  } catch {
    return resolve(path);
  }
}

function sizeLines({ file, float32, bareMask, bound, tensors }: TicketSizes): string[] {
  const against = (name: string, bytes: number) =>
    `  ${name.padEnd(34)}${bytes.toLocaleString('en').padStart(12)} bytes   ticket / this: ${(file / bytes).toPrecision(4)}`;
  return [
    `ticket of ${file.toLocaleString('en')} bytes, checked: it gives the run's weights back bit for bit`,
    against('weights as float32', float32),
    against('a bare mask, one bit a weight', bareMask),
    against('zero-order entropy', bound + tensors),
    ...(tensors > 0 ? [`  (each with ${tensors.toLocaleString('en')} bytes of batch-norm statistics)`] : []),
  ];
}
