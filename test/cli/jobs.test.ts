import { Command } from 'commander';
import { expect, test } from 'vitest';
import { devicesOption, jobsOption, jobsOver } from '../../src/cli/jobs.js';
import { machineOfLane } from '../../src/cli/sweep-run.js';

const given = (...args: string[]) => {
  const command = new Command().addOption(jobsOption()).addOption(devicesOption());
  command.parse(args, { from: 'user' });
  const { jobs, device = [] } = command.opts<{ jobs: number; device?: number[] }>();
  return { devices: device, jobs: jobsOver(device, command, jobs) };
};

test('as many runs go on at a time as there are devices, or as --jobs says', () => {
  expect(given()).toEqual({ devices: [], jobs: 1 });
  expect(given('--device', '2,0,5')).toEqual({ devices: [2, 0, 5], jobs: 3 });
  expect(given('--device', '2,0,5', '--jobs', '4').jobs).toBe(4);
  expect(given('--jobs', '4').jobs).toBe(4);
  expect(() => given('--device', '2,0,5', '--jobs', '1')).toThrow('leaves device 0 without a run');
});

test('runs have the devices in turn, and all else alike', () => {
  const machine = { threads: 2 };
  const devices = [4, 1];
  expect([0, 1, 2, 3, 4].map((lane) => machineOfLane(machine, devices, lane))).toEqual(
    [4, 1, 4, 1, 4].map((device) => ({ threads: 2, device })),
  );
  expect(machineOfLane(machine, [], 3)).toEqual(machine);
});
