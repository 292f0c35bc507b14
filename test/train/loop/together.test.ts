import { expect, test } from 'vitest';
import type { Batches } from '../../../src/train/data/index.js';
import type { NonFiniteLossError } from '../../../src/train/engines/engine.js';
import { productPlanner } from '../../../src/train/engines/onnx/forms/device.js';
import { type LoopStanding, runLoop, startOfLoop } from '../../../src/train/loop/loop.js';
import { Randomizer } from '../../../src/train/loop/randomizer.js';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { batchOf, engineOf, hashes, stateOf } from '../engines/small-engine.js';

const net = new NetworkBuilder('small', [3, 8, 8]);
net.conv('first', 8, { kernel: 3, padding: 1 });
net.batchNorm('norm');
net.relu('relu');
net.avgPool('pool');
net.dense('head', 10);
const network = net.build();

/** Seven batches an epoch, the last one shorter; the images of `broken` are NaN. @param asked is told of each batch before it is made */
const pipelineOf = (broken?: number, asked?: (batch: number) => void): Batches => ({
  batchesPerEpoch: () => 7,
  async *train({ epochs, from = { epoch: 0, batch: 0 } }) {
    for (let epoch = from.epoch; epoch < epochs; epoch++)
      for (let index = epoch === from.epoch ? from.batch : 0; index < 7; index++) {
        asked?.(7 * epoch + index);
        const { images, labels } = batchOf(index === 6 ? 2 : 4, 7 * epoch + index, network);
        if (7 * epoch + index === broken) images.fill(Number.NaN);
        yield { images, labels: Int32Array.from(labels), count: labels.length, epoch, index };
      }
  },
  async *evaluate() {
    const { images, labels } = batchOf(4, 99, network);
    yield { images, labels: Int32Array.from(labels), count: 4, epoch: 0, index: 0 };
  },
});

interface Way {
  readonly together: number;
  readonly broken?: number;
  /** Stops after so many steps, and goes on with another engine that gets the state. */
  readonly stops?: readonly number[];
  /** Asks it to stop while this batch is made; it is gone on with likewise. */
  readonly aborts?: number;
}

/** Trains with randomizations before every fifth step; all that is left of it. */
async function train({ together, broken, stops = [], aborts }: Way) {
  const standing = startOfLoop();
  const records: unknown[] = [];
  const stopped: number[] = [];
  let state: Map<string, Float32Array> | undefined;
  let drawer: Pick<Randomizer, 'count' | 'touched'> | undefined;
  for (const stop of [
    ...stops,
    ...(aborts === undefined ? [] : [Number.POSITIVE_INFINITY]),
    Number.POSITIVE_INFINITY,
  ]) {
    const asked = new AbortController();
    const pipeline = pipelineOf(broken, (batch) => {
      if (batch === aborts && stopped.length === 0) asked.abort();
    });
    const engine = await engineOf({ planner: productPlanner, threads: 1, together }, network);
    for (const [name, values] of state ?? []) await engine.write(name, values);
    const refresher = new Randomizer(engine, { seed: 1, param: 'ku', period: 5, rate: 0.5 });
    refresher.count = drawer?.count ?? 0;
    for (const [layer, numbers] of drawer?.touched ?? []) refresher.touched.get(layer)!.set(numbers);
    const ended = await runLoop(
      {
        ...{ engine, pipeline, refresher, batch: 4, evaluationBatch: 4, seed: 1, signal: asked.signal },
        schedule: { epochs: 3, learningRate: 0.1, warmup: 0, finalEpochs: 0, finalRate: 0 },
      },
      standing,
      [
        {
          step: (record) => void records.push(record),
          epoch: (record) => void records.push(record),
          between: () => asked.signal.aborted || standing.step >= stop,
        },
      ],
    ).catch((error: NonFiniteLossError) => error.message);
    [state, drawer] = [await stateOf(engine), refresher];
    if (ended === 'stopped') stopped.push(standing.step);
    if (ended !== 'stopped') {
      const { count, touched } = refresher;
      const kept = { standing: standing as LoopStanding, records, count, touched, state: hashes(state) };
      return { stopped, all: { ended, ...kept } };
    }
  }
  throw new Error('it did not end');
}

test('a training whose steps are taken together is that of single steps, stopped and gone on with or not', async () => {
  const { all: alone } = await train({ together: 1 });
  expect(alone).toMatchObject({ ended: 'finished', count: 4, standing: { step: 21 } });
  expect(await train({ together: 16 })).toEqual({ stopped: [], all: alone });
  const { stopped, all } = await train({ together: 3, stops: [2, 9, 15] });
  expect(all).toEqual(alone);
  expect(stopped).toHaveLength(3);
});

test('one that is asked to stop takes the steps whose batches it holds, and collects no more', async () => {
  const { all: alone } = await train({ together: 1 });
  // Five would go together, up to the randomization.
  expect(await train({ together: 16, aborts: 2 })).toEqual({ stopped: [3], all: alone });
});

test('a step that fails among others ends it as a single step does, right after a randomization too', async () => {
  for (const broken of [9, 11]) {
    const { all: alone } = await train({ together: 1, broken });
    expect(alone.ended).toMatch(new RegExp(`^step ${broken}: the loss is NaN; largest norms before it: `));
    expect(alone).toMatchObject({ count: broken === 9 ? 1 : 2, standing: { step: broken } });
    expect((await train({ together: 16, broken })).all).toEqual(alone);
  }
});
