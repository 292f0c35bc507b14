import { expect, test } from 'vitest';
import { openEngine } from '../../../src/train/engines/open.js';
import { describeNetwork } from '../../../src/train/networks/index.js';

test('the engine tfjs refuses a number of steps taken together before it starts', async () => {
  const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8 });
  const settings = { mode: 'sgd', momentum: 0, weightDecay: 0, engine: 'tfjs' } as const;
  for (const together of [1, 4])
    await expect(openEngine({ ...settings, together }, network)).rejects.toThrow(
      `together ${together} of the engine tfjs: how many steps it takes together follows from its backend; leave it out`,
    );
});
