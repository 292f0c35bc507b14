import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { planSweep } from '../../src/sweep/plan.js';
import { trainingJobs } from '../../src/sweep/training.js';
import { availableProviders } from '../../src/train/engines/onnx/available.js';
import { captured } from '../cli/captured.js';
import { writeImages } from '../images.js';
import { emptyFolder, iterand } from './cli.js';

const images = emptyFolder('images');
const folder = emptyFolder('sweep');
beforeAll(() => writeImages(images));
afterEach(() => {
  vi.unstubAllEnvs();
});

const base = {
  ...{ network: 'conv2', width: 0.1, data: `folder:${images}`, imageSize: 8, batch: 8, method: 'edge-popup' },
  ...{ epochs: 1, warmup: 0, finalEpochs: 0 },
};
const written = (name: string, cases: readonly object[], seeds = [1]) => {
  const path = join(folder, `${name}.json`);
  const sweep = { name, job: 'train', base, cases, seeds };
  writeFileSync(path, JSON.stringify(sweep));
  return { path, runs: planSweep(sweep, name, [trainingJobs]).runs };
};
const cuda = written('cuda', [{ provider: 'cuda' }]).path;
const two = written('two', [{ provider: 'cuda' }], [1, 2]).path;
const cpu = written('cpu', [{}]).path;
const webgpu = written('webgpu', [{ provider: 'webgpu' }]).path;
const law = join(folder, 'law.json');
writeFileSync(law, JSON.stringify({ name: 'law', job: 'law', base: { t: 0.1, resamplings: 2, trials: 2 } }));

const net = ['--network', 'conv2', '--method', 'sgd', '--data', 'mnist'];
const none = 'leave --device out';
const refused: readonly (readonly [readonly string[], string])[] = [
  [['train', ...net, '--device', '0'], `--device 0 on cpu: it computes on the CPU; ${none}`],
  [
    ['train', ...net, '--provider', 'webgpu', '--device', '1'],
    '--device 1 on webgpu: WebGPU offers no adapter by number',
  ],
  [['train', ...net, '--engine', 'tfjs', '--device', '1'], '--device 1 on wasm: it computes on the CPU'],
  [
    ['train', ...net, '--engine', 'tfjs', '--backend', 'webgpu', '--device', '1'],
    '--device 1 on webgpu: WebGPU',
  ],
  [
    ['train', ...net, '--provider', 'cuda', '--device', '2'],
    'device 2: CUDA_VISIBLE_DEVICES=0,1 shows this process 2 NVIDIA devices',
  ],
  [['train', ...net, '--provider', 'cuda', '--device', '0,1'], "--device '0,1': must be a number"],
  [
    ['train', ...net, '--engine', 'tfjs', '--backend', 'tensorflow', '--device', '2'],
    'device 2: CUDA_VISIBLE',
  ],
  [['vectors', 'x', '--device', '0'], `--device 0 on cpu: it computes on the CPU; ${none}`],
  [['vectors', 'x', '--engine', 'tfjs', '--backend', 'webgpu', '--device', '0'], '--device 0 on webgpu'],
  [['vectors', 'x', '--provider', 'cuda', '--device', '9'], 'device 9: CUDA_VISIBLE_DEVICES=0,1 shows'],
  [['sweep', cpu, '--device', '0,1'], `--device 0 on cpu: it computes on the CPU; ${none}`],
  [['sweep', webgpu, '--device', '0'], '--device 0 on webgpu: WebGPU offers no adapter by number'],
  [['sweep', law, '--device', '0'], '--device with trials of the theory'],
  [
    ['sweep', cuda, '--device', '0,2'],
    'device 2: CUDA_VISIBLE_DEVICES=0,1 shows this process 2 NVIDIA devices',
  ],
  [
    ['sweep', cuda, '--device', '0,1,0'],
    '--device 0,1,0: names device 0 twice; name each once: where --jobs is larger',
  ],
  [
    ['sweep', two, '--device', '0,1', '--jobs', '1'],
    '--device 0,1 with --jobs 1: leaves device 1 without a run',
  ],
  [
    ['sweep', cuda, '--device', '0,1'],
    '--device 0,1 for 1 run: leaves device 1 without a run; pass one device',
  ],
  [['sweep', two, '--only', 'seed=2', '--device', '0,1'], '--device 0,1 for 1 run: leaves device 1'],
  [['sweep', two, '--task', 'x', '--device', '0'], '--device with --task: a task carries out the runs of'],
  [['sweep', two, '--task', 'x', '--dry-run'], '--dry-run with --task'],
  [['sweep', cuda, '--device', '0,x'], "--device 'x': must be a number"],
  [['sweep', cuda, '--device', '0,'], "--device '': is empty"],
  [
    ['sweep', cuda, '--device', '0', '--launcher', 'slurm'],
    '--device with --launcher slurm: a task computes on the first device',
  ],
  [['sweep', cuda, '--device', '0', '--status'], '--device with --status'],
];
test.each(refused)('refused in one line, with nothing written: %j', async (args, message) => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '0,1');
  const out = join(folder, 'runs');
  const { code, stdout, stderr } = await captured([
    ...args,
    ...(args[0] === 'vectors' ? [] : ['--out', out]),
  ]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^iterand: .*\.\n$/);
  expect(stderr).toContain(message);
  expect(existsSync(out)).toBe(false);
});

test.skipIf(!availableProviders().includes('cuda'))(
  'runs at a time have the devices in turn; a run on the CPU has none',
  { timeout: 120_000 },
  async () => {
    const { path, runs } = written('both', [{ provider: 'cuda' }, { provider: 'cpu' }], [1, 2, 3]);
    const out = emptyFolder('runs');
    // No machine that runs this test has such devices: the runs say which they were to have.
    const env = { CUDA_VISIBLE_DEVICES: 'GPU-none-a,GPU-none-b' };
    const args = ['sweep', path, '--out', out, '--threads', '1', '--device', '1,0', '--jobs', '3'];
    const { code, stdout, stderr } = await iterand(args, env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^3 of 6 runs finished, 3 failed\n/);
    expect(stderr).toContain(
      'iterand: runs compute on CUDA device 1 of CUDA_VISIBLE_DEVICES=GPU-none-a,GPU-none-b, CUDA device 0 of ',
    );
    const failure = (name: string) => stderr.split('\n').find((line) => line.includes(`${name}: failed`));
    const devices = runs
      .slice(0, 3)
      .map(({ name }) => / device (\d): it did not start/.exec(failure(name)!)![1]);
    expect(devices).toEqual(['1', '0', '1']);
    for (const { name } of runs.slice(3)) {
      expect(existsSync(join(out, name, 'result.json'))).toBe(true);
      expect(readFileSync(join(out, name, 'times.jsonl'), 'utf8')).not.toContain('device');
    }
  },
);
