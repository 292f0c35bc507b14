import { readdirSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { InputError, requireInteger } from '../../core/errors.js';
import { type EnginePath, hardwareOf } from './names.js';

/** The largest number that a device may have. */
export const LAST_DEVICE = 1023;

/** How CUDA is told which devices a process sees; Slurm sets it for what `--gres` gives. */
const VISIBLE = 'CUDA_VISIBLE_DEVICES';

/** CUDA's devices as a process sees them. */
export interface CudaDevices {
  /** What the environment lets it see, in CUDA's order; undefined where nothing is said. */
  readonly listed: readonly string[] | undefined;
  /** How many there are; undefined where that is not known before CUDA has started. */
  readonly count: number | undefined;
}

/**
 * CUDA's devices, without starting CUDA.
 *
 * @param gpus where Linux' driver has a folder for each GPU
 */
export function cudaDevices(
  env: NodeJS.ProcessEnv = process.env,
  gpus = '/proc/driver/nvidia/gpus',
): CudaDevices {
  const given = env[VISIBLE];
  if (given === undefined) return { listed: undefined, count: countIn(gpus) };
  // CUDA takes the names before the first that is none.
  const names = given.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => !/^(\d+|(GPU|MIG)-.+)$/.test(name));
  const listed = end === -1 ? names : names.slice(0, end);
  return { listed, count: listed.length };
}

function countIn(folder: string): number | undefined {
  try {
    return readdirSync(folder).length;
  } catch {
    return undefined;
  }
}

/** Whether its devices are told apart by number: CUDA's are. */
export const hasDevices = ({ engine, provider, backend }: EnginePath): boolean =>
  engine === 'onnx' ? provider === 'cuda' : backend === 'tensorflow';

/** Why a way to compute takes no number of a device. */
const WITHOUT: Readonly<Record<string, string>> = {
  cpu: 'it computes on the CPU',
  wasm: 'it computes on the CPU',
  webgpu: 'WebGPU offers no adapter by number: it takes the one that the driver names first',
  coreml: 'Core ML chooses its hardware itself',
  dml: 'DirectML takes its first adapter, and no other has been tried',
};

/** Why no device can be chosen there; undefined where one can. */
export const withoutDevices = (path: EnginePath): string | undefined =>
  hasDevices(path) ? undefined : WITHOUT[hardwareOf(path)]!;

/** @throws InputError for a device of hardware that has none to choose, or one that this process does not see */
export function requireDevice(path: EnginePath, device: number | undefined, devices?: CudaDevices): void {
  if (device === undefined) return;
  requireInteger('device', device, 0, LAST_DEVICE);
  const why = withoutDevices(path);
  if (why !== undefined)
    throw new InputError(
      `device ${device} of the engine ${path.engine} on ${hardwareOf(path)}`,
      why,
      'leave it out',
    );
  const { listed, count } = devices ?? cudaDevices();
  if (count === undefined || device < count) return;
  const seen = `${count} NVIDIA ${count === 1 ? 'device' : 'devices'}`;
  throw new InputError(
    `device ${device}`,
    listed === undefined
      ? `this machine has ${seen}`
      : `${VISIBLE}=${listed.join()} shows this process ${seen}`,
    count > 0
      ? `number them from 0${count === 1 ? '' : ` to ${count - 1}`}`
      : `use other hardware${listed === undefined ? '' : `, or set ${VISIBLE}`}`,
  );
}

/** One of CUDA's devices in words: `CUDA device 0 of CUDA_VISIBLE_DEVICES=2,3`. */
export function deviceText(device: number, { listed } = cudaDevices()): string {
  return `CUDA device ${device}${listed === undefined ? '' : ` of ${VISIBLE}=${listed.join()}`}`;
}

/**
 * Does something while the process sees one of its devices alone, by the environment that CUDA reads when it starts.
 *
 * @throws InputError in a worker thread, whose environment is a copy
 */
export async function seeingOnly<T>(device: number, work: () => Promise<T>): Promise<T> {
  if (!isMainThread)
    throw new InputError(
      `device ${device} in a worker thread`,
      'only the main thread can choose it',
      'open the engine there',
    );
  const { [VISIBLE]: before } = process.env;
  process.env[VISIBLE] = cudaDevices().listed?.[device] ?? `${device}`;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env[VISIBLE];
    else process.env[VISIBLE] = before;
  }
}
