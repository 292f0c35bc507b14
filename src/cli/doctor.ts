import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { Command } from 'commander';
import { packageVersion } from '../core/version.js';
import { type CudaDevices, cudaDevices } from '../train/engines/devices.js';
import type { Examination } from '../train/engines/doctor/examine.js';
import { print, printJson, shared } from './options.js';
import { progressBar } from './progress.js';

/** What this machine is. */
interface MachineReport {
  readonly iterand: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** NVIDIA's kernel driver, as Linux tells it. */
  readonly nvidiaDriver: string | undefined;
  /** As far as that is known without CUDA: how many this process sees, and by which setting of CUDA_VISIBLE_DEVICES. */
  readonly nvidiaDevices: CudaDevices;
}

/** `iterand doctor`: which engines and hardware work here. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('say which engines and hardware work here')
    .description(
      'Tries every engine with every hardware that it knows: starts it in a process of its own, takes a trial step and holds it against\n' +
        'float64. Says what works, on which device and by which package, and what each other one needs. Exit code 0 whatever is found.',
    )
    .addOption(shared.json())
    .addHelpText('after', '\nExample:\n  npx iterand doctor')
    .action(async ({ json }: { json?: true }) => {
      const { examineAll } = await import('./examined.js');
      const bar = progressBar('trying engines');
      const found = await examineAll(json ? undefined : bar.update).finally(bar.stop);
      const machine = machineReport();
      if (json) printJson({ machine, paths: found });
      else print(report(machine, found));
    });
}

function machineReport(): MachineReport {
  const [processor] = cpus();
  return {
    iterand: packageVersion(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processor: processor?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    nvidiaDriver: nvidiaDriver(),
    nvidiaDevices: cudaDevices(),
  };
}

function nvidiaDriver(): string | undefined {
  try {
    return /Kernel Module\D*([\d.]+)/.exec(readFileSync('/proc/driver/nvidia/version', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** What was found, as text. */
export function report(machine: MachineReport, found: readonly Examination[]): string {
  const { iterand, node, platform, processor, cores, memory, nvidiaDriver: driver } = machine;
  const { count, listed } = machine.nvidiaDevices;
  const variable = listed === undefined ? undefined : `CUDA_VISIBLE_DEVICES=${listed.join()}`;
  const devices = [
    // Without a driver there are none, whatever the variable names.
    ...(count === undefined || driver === undefined
      ? []
      : [`, ${count} ${count === 1 ? 'device' : 'devices'}`]),
    ...(variable === undefined ? [] : [driver === undefined ? `; ${variable}` : ` by ${variable}`]),
  ].join('');
  const lines = [
    `iterand ${iterand}, Node ${node}, ${platform}`,
    `${processor}, ${cores} cores, ${(memory / 2 ** 30).toFixed(1)} GiB; NVIDIA driver ${driver ?? 'not found'}${devices}`,
  ];
  for (const { engine, hardware, about, state, package: name, device, deviation, why, fix } of found) {
    lines.push('', `${state.padEnd(8)}${engine} ${hardware}${about ? `: ${about}` : ''}`);
    const facts = [
      name && `by ${name}`,
      device && `on ${device}`,
      deviation !== undefined && `a trial step deviates by ${deviation.toExponential(1)}`,
    ].filter(Boolean);
    if (facts.length > 0) lines.push(`        ${facts.join('; ')}`);
    if (why) lines.push(`        ${why}`);
    if (fix) lines.push(`        ${fix}`);
  }
  return lines.join('\n');
}
