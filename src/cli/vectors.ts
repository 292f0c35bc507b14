import { Command } from 'commander';
import { DEFAULT_BACKEND, DEFAULT_PROVIDER, ENGINES, type EngineName } from '../train/engines/names.js';
import { PROVIDERS } from '../train/engines/onnx/providers.js';
import { BACKENDS, requireBackend } from '../train/engines/tfjs/backends.js';
import type { Deviation, ReplayOptions } from '../train/vectors/kind.js';
import { deviceOption, requireDeviceUsed } from './machine.js';
import { choiceOption, refuseUnused, textArgument } from './options.js';
import { progressBar } from './progress.js';

interface VectorsOptions {
  readonly engine: EngineName;
  readonly provider: string;
  readonly backend: string;
  readonly device?: number;
  readonly standard?: true;
}

/** `iterand vectors`: replays reference vectors and prints how far off they are. */
export function vectorsCommand(): Command {
  return new Command('vectors')
    .summary('replay files of reference vectors')
    .description(
      'Replays files of reference vectors (a recorded training run of another implementation) and prints the deviation of every\n' +
        'quantity with its tolerance. Exit code 0 if all agree, 1 if one does not, 2 if a file is damaged.',
    )
    .addArgument(textArgument('<file...>', 'safetensors files'))
    .addOption(choiceOption('--engine <name>', 'what runs the network', ENGINES).default('onnx'))
    .addOption(
      choiceOption('--provider <name>', 'hardware of the onnx engine', PROVIDERS).default(DEFAULT_PROVIDER),
    )
    .addOption(
      choiceOption('--backend <name>', 'hardware of the tfjs engine', BACKENDS).default(DEFAULT_BACKEND),
    )
    .addOption(deviceOption())
    .option('--standard', 'force the standard formulations of every layer (onnx)')
    .addHelpText('after', '\nExample:\n  npx iterand vectors test/fixtures/resnet18-x0.05-score.safetensors')
    .action(async (files: string[], options: VectorsOptions, command: Command) => {
      const { replayFile } = await import('../train/vectors/replay.js');
      const { agrees } = await import('../train/vectors/kind.js');
      const where = await whereOf(options, command);
      for (const file of files) {
        const bar = progressBar('replaying with rounded images');
        const report = await replayFile(file, { ...where, progress: bar.update }).finally(bar.stop);
        const right = agrees(report);
        const lines = [
          `${file} (deviations: ${report.measure})`,
          ...report.deviations.map(line),
          ...report.notes,
        ];
        const failed = report.deviations.filter((d) => !(d.deviation <= d.tolerance)).length;
        const count = report.deviations.length;
        lines.push(right ? `agrees: all ${count} quantities` : `DEVIATES: ${failed} of ${count} quantities`);
        process.stdout.write(`${lines.join('\n')}\n`);
        if (!right) process.exitCode = 1;
      }
    });
}

/** The engine that the options name. */
async function whereOf(
  { engine, provider, backend, device, standard }: VectorsOptions,
  command: Command,
): Promise<ReplayOptions> {
  const unused = engine === 'onnx' ? ['backend'] : ['provider', 'standard'];
  refuseUnused(command, `--engine ${engine}`, unused, 'it is of the other engine');
  requireDeviceUsed({ engine, provider, backend }, device);
  const on = device === undefined ? {} : { device };
  if (engine === 'tfjs') return { backend: requireBackend(backend), ...on };
  const { requireProvider } = await import('../train/engines/onnx/available.js');
  const { standardPlanner } = await import('../train/engines/onnx/forms/standard.js');
  return { provider: requireProvider(provider), ...on, ...(standard ? { planner: standardPlanner } : {}) };
}

function line({ quantity, deviation, tolerance }: Deviation): string {
  const mark = deviation <= tolerance ? '' : '  <- off';
  return `  ${quantity.padEnd(44)} ${deviation.toExponential(1).padStart(8)}  (at most ${tolerance.toExponential(0)})${mark}`;
}
