import { join } from 'node:path';
import sharp from 'sharp';
import { wholeLines } from '../../../src/runs/lines.js';
import { type RunPaths, runPaths } from '../../../src/runs/paths.js';
import { readStateRecord } from '../../../src/runs/state.js';
import { decodeImage } from '../../../src/train/data/decode.js';
import { openDataset } from '../../../src/train/data/open.js';
import { readCheckpoint } from '../../../src/train/run/checkpoint.js';
import { summarizeRuns } from '../../../src/train/run/list.js';
import { readRun } from '../../../src/train/run/open.js';
import { readEpochs, readSteps } from '../../../src/train/run/read-records.js';
import { readResult } from '../../../src/train/run/result.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec, trainRunName } from '../../../src/train/spec/spec.js';
import { writeImages } from '../../images.js';
import { type JsonPart, safetensorsHeader, wholeFile } from '../damager.js';
import { type Kind, kindOf } from './kind.js';

/** The files of a run that was stopped, and of one that is finished; the images it was trained on. */
export async function runKinds(folder: string): Promise<Kind[]> {
  const images = join(folder, 'images');
  await writeImages(images);
  const picture = sharp(join(images, 'train/dark/0.png'));
  for (const format of ['jpeg', 'webp'] as const)
    await picture
      .clone()
      .toFormat(format)
      .toFile(join(images, `train/dark/one.${format}`));
  const spec = resolveTrainSpec({
    network: 'conv2',
    width: 0.05,
    method: 'iterand',
    data: `folder:${images}`,
    imageSize: 8,
    epochs: 2,
    batch: 8,
    period: 3,
    warmup: 0,
    finalEpochs: 0,
  });
  const train = (root: string, stopAt: number): Promise<unknown> => {
    const stop = new AbortController();
    const step = ({ step }: { step: number }) => {
      if (step === stopAt) stop.abort();
    };
    return trainRun(spec, 1, { root, threads: 1, workers: 1, signal: stop.signal, callbacks: [{ step }] });
  };
  const name = trainRunName(spec, 1);
  const [stopped, finished] = [join(folder, 'stopped'), join(folder, 'finished')];
  await train(stopped, 8);
  await train(finished, -1);
  const dataset = await openDataset(spec.data, { size: 8 });
  const [half, whole] = [runPaths(stopped, name), runPaths(finished, name)];
  const runs = ['runs', '--out'];
  const lines = (which: string, paths: RunPaths) => [
    kindOf(`epochs.jsonl, ${which} run`, paths.epochs, { json: jsonOfLine, read: () => readEpochs(paths) }),
    kindOf(`steps.jsonl, ${which} run`, paths.steps, { json: jsonOfLine, read: () => readSteps(paths) }),
  ];
  const checkpoint = (path: string) => readCheckpoint(path, { run: name, data: dataset });
  return [
    kindOf('checkpoint, last', half.last, {
      json: safetensorsHeader,
      read: checkpoint,
      command: ['evaluate', name, '--out', stopped, '--threads', '1'],
    }),
    kindOf('checkpoint, best', half.best, { json: safetensorsHeader, read: checkpoint }),
    kindOf('spec.json', half.spec, {
      json: wholeFile,
      read: () => {
        const { spec, seed } = readRun(half);
        return { spec, seed };
      },
      command: [...runs, stopped],
    }),
    kindOf('state.json', half.state, {
      json: wholeFile,
      read: () => readStateRecord(half),
      command: [...runs, stopped],
    }),
    kindOf('result.json', whole.result, {
      json: wholeFile,
      read: () => readResult(whole),
      command: [...runs, finished],
    }),
    ...lines('stopped', half),
    ...lines('finished', whole),
    // Wall times are for people: no result is taken from them, and resuming appends to whatever is there.
    kindOf('times.jsonl', half.times, {
      json: jsonOfLine,
      read: (path) => {
        wholeLines(path);
        return summarizeRuns(stopped);
      },
    }),
    ...['0.png', 'one.jpeg', 'one.webp'].map((file) => {
      const path = join(images, 'train/dark', file);
      return kindOf(`image ${file.replace(/.*\./, '').toUpperCase()}`, path, {
        // Damaged or not by its decoder's lights, it is other data: the run that was trained on them refuses it.
        async read() {
          const now = await openDataset(spec.data, { size: 8 });
          const pixels = await decodeImage(path, 3).catch((error: Error) => error.message.length);
          readCheckpoint(half.last, { run: name, data: now });
          return pixels;
        },
        named: half.last,
        ...(file.endsWith('png') ? { command: ['data', 'check', spec.data] } : {}),
      });
    }),
  ];
}

/** The first line of a file of JSON lines. */
const jsonOfLine: JsonPart = {
  text: (bytes) => Buffer.from(bytes).toString('utf8').split('\n')[0]!,
  replaced: (bytes, text) =>
    Buffer.from([text, ...Buffer.from(bytes).toString('utf8').split('\n').slice(1)].join('\n')),
};
