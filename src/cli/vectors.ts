import { Command } from 'commander';
import { PROVIDERS } from '../train/engines/onnx/providers.js';
import type { Deviation } from '../train/vectors/kind.js';
import { choiceOption, textArgument } from './options.js';
import { progressBar } from './progress.js';

/** `iterand vectors`: replays reference vectors and prints how far off they are. */
export function vectorsCommand(): Command {
  return new Command('vectors')
    .summary('replay files of reference vectors')
    .description(
      'Replays files of reference vectors (a recorded training run of another implementation) and prints the deviation of every\n' +
        'quantity with its tolerance. Exit code 0 if all agree, 1 if one does not, 2 if a file is damaged.',
    )
    .addArgument(textArgument('<file...>', 'safetensors files'))
    .addOption(choiceOption('--provider <name>', 'execution provider', PROVIDERS).default('cpu'))
    .option('--standard', 'force the standard formulations of every layer')
    .addHelpText('after', '\nExample:\n  npx iterand vectors test/fixtures/resnet18-x0.05-score.safetensors')
    .action(async (files: string[], options: { provider: string; standard?: true }) => {
      const { replayFile } = await import('../train/vectors/replay.js');
      const { agrees } = await import('../train/vectors/kind.js');
      const { requireProvider } = await import('../train/engines/onnx/available.js');
      const { standardPlanner } = await import('../train/engines/onnx/forms/standard.js');
      const where = {
        provider: requireProvider(options.provider),
        ...(options.standard ? { planner: standardPlanner } : {}),
      };
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

function line({ quantity, deviation, tolerance }: Deviation): string {
  const mark = deviation <= tolerance ? '' : '  <- off';
  return `  ${quantity.padEnd(44)} ${deviation.toExponential(1).padStart(8)}  (at most ${tolerance.toExponential(0)})${mark}`;
}
