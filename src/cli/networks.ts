import { Command } from 'commander';
import { numberOption } from './options.js';

/** `iterand networks`: what can be trained, with its size. */
export function networksCommand(): Command {
  return new Command('networks')
    .summary('list the networks')
    .description(
      'Lists the networks: prunable weights (convolutions and fully connected layers), all parameters of SGD training (with biases and\n' +
        'affine norms) and multiply-adds of one forward pass, in millions, for one width, image and class count. Fully connected networks\n' +
        'of any widths go by these: train --network 784-500-10.',
    )
    .addOption(numberOption('--width <factor>', 'factor on the channels', { least: 0, most: 1e6 }).default(1))
    .addOption(
      numberOption('--image-size <pixels>', 'height and width of an image', {
        whole: true,
        least: 1,
        most: 4096,
      }).default(32),
    )
    .addOption(numberOption('--channels <number>', 'image channels, 1 or 3').default(3))
    .addOption(
      numberOption('--classes <number>', 'number of classes', { whole: true, least: 2, most: 1e6 }).default(
        10,
      ),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx iterand networks --width 0.25\n  npx iterand networks --image-size 224 --classes 1000',
    )
    .action(
      async (options: {
        width: number;
        imageSize: number;
        channels: number;
        classes: number;
        json?: true;
      }) => {
        const { describeNetwork, NETWORK_NAMES } = await import('../train/networks/index.js');
        const { multiplyAdds, parameterCount, prunableCount } = await import('../train/networks/tensors.js');
        const rows = NETWORK_NAMES.map((network) => {
          const description = describeNetwork({ network, ...options });
          return {
            network,
            weights: prunableCount(description),
            parameters: parameterCount(description),
            multiplyAdds: multiplyAdds(description),
          };
        });
        const table = [
          ['network', 'prunable weights', 'parameters', 'multiply-adds'],
          ...rows.map((r) => [
            r.network,
            r.weights.toLocaleString('en'),
            r.parameters.toLocaleString('en'),
            `${(r.multiplyAdds / 1e6).toFixed(1)} M`,
          ]),
        ];
        const text = table.map(
          ([first, ...rest]) => first!.padEnd(14) + rest.map((c) => c.padStart(18)).join(''),
        );
        process.stdout.write(`${options.json ? JSON.stringify(rows, null, 2) : text.join('\n')}\n`);
      },
    );
}
