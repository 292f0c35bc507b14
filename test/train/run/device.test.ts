import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runPaths } from '../../../src/runs/paths.js';
import { trainingJobs } from '../../../src/sweep/training.js';
import { readProvenance, writeProvenance } from '../../../src/train/archive/provenance.js';
import { availableProviders } from '../../../src/train/engines/onnx/available.js';
import { onnxruntime } from '../../../src/train/engines/onnx/library.js';
import { readTimes } from '../../../src/train/run/read-times.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { replayFile } from '../../../src/train/vectors/replay.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
beforeAll(() => writeImages(images));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const settings = {
  ...{ network: 'conv2', width: 0.1, method: 'iterand', data: `folder:${images}`, imageSize: 8 },
  ...{ epochs: 1, batch: 8, period: 2, warmup: 0, finalEpochs: 0, provider: 'cuda' },
};
const spec = resolveTrainSpec(settings);
const machine = { threads: 1, workers: 1 };

/** What sessions are asked to run on. CUDA is not at hand: each is made on the CPU instead. */
function asked(): unknown[] {
  const { InferenceSession } = onnxruntime();
  const { create } = InferenceSession;
  const found: unknown[] = [];
  vi.spyOn(InferenceSession, 'create').mockImplementation(((model: Uint8Array, options: object) => {
    found.push((options as { executionProviders: unknown[] }).executionProviders[0]);
    return create(model, { ...options, executionProviders: ['cpu'] });
  }) as never);
  return found;
}
/** Its self-check asks the CPU too. */
const onCuda = (of: readonly unknown[]) => of.filter((provider) => provider !== 'cpu');

// Of the platforms that onnxruntime-node has a build for, Linux and Windows on x64.
describe.skipIf(!availableProviders().includes('cuda'))('on the provider cuda', () => {
  test('every session of a run is asked for its device, which its times and provenance keep', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '2,3');
    const found = asked();
    const root = join(folder, 'second');
    const { paths } = await trainRun(spec, 1, { root, ...machine, device: 1 });
    // The self-check, a step, an evaluation.
    expect(onCuda(found).length).toBeGreaterThanOrEqual(3);
    expect(new Set(onCuda(found).map((each) => JSON.stringify(each)))).toEqual(
      new Set(['{"name":"cuda","deviceId":1}']),
    );
    const { parts } = readTimes(paths)!;
    expect(parts).toMatchObject([{ device: 'CUDA device 1 of CUDA_VISIBLE_DEVICES=2,3' }]);
    writeProvenance(paths.provenance, paths.name, parts, []);
    expect(readProvenance(paths)!.parts).toMatchObject(parts.map(({ step: _, ...part }) => part));
  });

  test('without a number it is the first that the process sees, and is said', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', 'GPU-8932f937');
    const found = asked();
    const root = join(folder, 'first');
    const { paths } = await trainRun(spec, 1, { root, ...machine });
    expect(new Set(onCuda(found))).toEqual(new Set(['cuda']));
    expect(readTimes(paths)!.parts[0]!.device).toBe('CUDA device 0 of CUDA_VISIBLE_DEVICES=GPU-8932f937');
  });

  test('a replay is asked for it too', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '0,1,2,3,4,5');
    const found = asked();
    await replayFile('test/fixtures/conv8-grey-x0.0625-score.safetensors', { provider: 'cuda', device: 5 });
    expect(new Set(onCuda(found).map((each) => JSON.stringify(each)))).toEqual(
      new Set(['{"name":"cuda","deviceId":5}']),
    );
  });

  test('runs of a sweep take their lane’s device; one on the CPU takes none', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '0,1,2,3,4,5,6');
    const found = asked();
    const root = join(folder, 'sweep');
    await trainingJobs.run(spec, 1, { root, machine: { ...machine, device: 6 } });
    expect(onCuda(found)).toContainEqual({ name: 'cuda', deviceId: 6 });
    const cpu = resolveTrainSpec({ ...settings, provider: 'cpu' });
    await trainingJobs.run(cpu, 1, { root, machine: { ...machine, device: 6 } });
    const { times } = runPaths(root, trainingJobs.runName(cpu, 1));
    expect(JSON.parse(readFileSync(times, 'utf8').split('\n')[0]!)).not.toHaveProperty('device');
  });
});

test('times of versions that kept no device are read as before', () => {
  const paths = runPaths(temporaryFolder(), 'a-1/seed-1');
  const part = {
    began: '2026-01-01T00:00:00.000Z',
    step: 0,
    node: '20.0.0',
    cpu: 'x',
    threads: 2,
    iterand: '0.1.0',
  };
  writeFileSync(join(folder, 'times.jsonl'), `${JSON.stringify(part)}\n`);
  expect(readTimes({ ...paths, times: join(folder, 'times.jsonl') })!.parts).toEqual([part]);
});
