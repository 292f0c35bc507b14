import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { devicesOption, jobsOption, jobsOver, requireUsedBySome } from '../../src/cli/jobs.js';
import { machineOfLane } from '../../src/cli/sweep-run.js';
import { planSweep } from '../../src/sweep/plan.js';
import { trainingJobs } from '../../src/sweep/training.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

const trained = { network: 'conv2', method: 'edge-popup', data: 'mnist', epochs: 10 };

const given = (runs: number, ...args: string[]) => {
  const command = new Command().addOption(jobsOption()).addOption(devicesOption());
  command.parse(args, { from: 'user' });
  const { jobs, device = [] } = command.opts<{ jobs: number; device?: number[] }>();
  return { devices: device, jobs: jobsOver(device, runs, command, jobs) };
};

test('as many runs go on at a time as there are devices, or as --jobs says', () => {
  expect(given(9)).toEqual({ devices: [], jobs: 1 });
  expect(given(3, '--device', '2,0,5')).toEqual({ devices: [2, 0, 5], jobs: 3 });
  expect(given(9, '--device', '2,0,5', '--jobs', '4').jobs).toBe(4);
  expect(given(9, '--jobs', '4').jobs).toBe(4);
  expect(() => given(9, '--device', '2,0,5', '--jobs', '1')).toThrow('leaves device 0 without a run');
});

test('a device for which there is no run is refused, whatever --jobs says', () => {
  for (const jobs of [[], ['--jobs', '4']])
    expect(() => given(2, '--device', '0,1,3,2', ...jobs)).toThrow(
      '--device 0,1,3,2 for 2 runs: leaves device 3 without a run; pass 2 devices or fewer.',
    );
  expect(() => given(1, '--device', '4,1')).toThrow(
    '--device 4,1 for 1 run: leaves device 1 without a run; pass one device.',
  );
});

test('where some runs of a sweep have devices, they say why one is refused', () => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '0,1');
  const plan = (cases: readonly object[]) =>
    planSweep({ name: 'x', job: 'train', base: trained, cases, seeds: [1, 2] }, 'x', [trainingJobs]);
  const use = (device: number, cases: readonly object[]) => {
    const command = new Command().addOption(devicesOption());
    command.parse(['--device', `${device}`], { from: 'user' });
    requireUsedBySome(command, plan(cases), plan(cases).runs);
  };
  const mixed = [{}, { provider: 'cuda' }];
  expect(() => use(7, mixed)).toThrow(
    'device 7: CUDA_VISIBLE_DEVICES=0,1 shows this process 2 NVIDIA devices; number them from 0 to 1.',
  );
  use(1, mixed);
  expect(() => use(1, [{}])).toThrow('--device 1 on cpu: it computes on the CPU; leave --device out.');
});

test('runs have the devices in turn, and all else alike', () => {
  const machine = { threads: 2 };
  const devices = [4, 1];
  expect([0, 1, 2, 3, 4].map((lane) => machineOfLane(machine, devices, lane))).toEqual(
    [4, 1, 4, 1, 4].map((device) => ({ threads: 2, device })),
  );
  expect(machineOfLane(machine, [], 3)).toEqual(machine);
});
