import { InputError } from '../../../core/errors.js';
import { requireCommonJs } from '../../../core/host.js';
import { seeingOnly } from '../devices.js';
import { BACKEND_KINDS, type Backend } from './backends.js';
import { type Convolution, nativeConvolution, swappedConvolution } from './convolution.js';
import { addBackend, firstLine, type LoadedTf, loadTf, requireGpu } from './library.js';
import { selectByRadix } from './radix-select.js';
import { requireRightConvolutions } from './self-check.js';
import type { Tf } from './tensor.js';
import { type Select, selectBySort, selectOnHost } from './thresholds.js';

/** A backend that has started, with what an engine takes of it. */
export interface Device {
  readonly tf: Tf;
  readonly backend: Backend;
  /** The package it comes from. */
  readonly package: string;
  /** The hardware, as far as the backend tells. */
  readonly hardware: string | undefined;
  /** Which of CUDA's devices computes, counted from 0; undefined where none does. */
  readonly cudaDevice: number | undefined;
  /** The hardware is a program: WebGPU on the CPU. */
  readonly software: boolean;
  readonly convolution: Convolution;
  readonly select: Select;
  /** Makes it the one that computes: TensorFlow.js has one backend at a time. What follows without waiting runs on it. */
  use(): Promise<void>;
  /** Gives it up; the last user's call ends it. */
  release(): Promise<void>;
}

interface Open {
  readonly device: Device;
  users: number;
}
const open = new Map<Backend, Promise<Open>>();

/** TensorFlow's library takes the first device that it sees as it is loaded, once for a process; undefined before, and where it computes on the CPU. */
let tensorflowOn: number | undefined;

/**
 * Starts a backend, or shares it with who has it already.
 *
 * @param number which of CUDA's devices, default the first; of the backend `tensorflow` alone, which keeps to one in a process
 * @throws InputError if its packages are missing or broken, it does not start, or it computes wrong convolutions
 */
export async function openDevice(backend: Backend, number?: number): Promise<Device> {
  if (!open.has(backend)) {
    // Another device than it has is refused before anything is started.
    if (backend === 'tensorflow') requireSameDevice(number ?? 0);
    open.set(backend, startOn(backend, number));
  }
  const made = open.get(backend)!;
  let opened: Open | undefined;
  try {
    opened = await made;
    requireDeviceOf(opened.device, number);
  } catch (error) {
    // Those who have it keep it, and a start made meanwhile is another's.
    if (!opened?.users && open.get(backend) === made) open.delete(backend);
    throw error;
  }
  opened.users++;
  open.set(backend, made);
  return opened.device;
}

/** @throws InputError where the backend does not compute on the device that is asked for */
function requireDeviceOf({ backend, hardware, package: name }: Device, number: number | undefined): void {
  if (number !== undefined && hardware !== 'GPU')
    throw new InputError(`device ${number}`, `${name} computes on the CPU`, 'leave it out');
  if (backend === 'tensorflow') requireSameDevice(number ?? 0);
}

function requireSameDevice(number: number): void {
  if (tensorflowOn === undefined || tensorflowOn === number) return;
  throw new InputError(
    `device ${number}`,
    `TensorFlow took device ${tensorflowOn} when this process loaded it, and keeps it`,
    'use a process for each device',
  );
}

async function startOn(backend: Backend, number: number | undefined): Promise<Open> {
  return number === undefined ? start(backend, 0) : seeingOnly(number, () => start(backend, number));
}

async function start(backend: Backend, number: number): Promise<Open> {
  const loaded = await loadTf(backend);
  const { tf } = loaded;
  // From here on the library keeps its device, whatever fails.
  if (backend === 'tensorflow') tensorflowOn = number;
  const end = backend === 'webgpu' ? await startWebgpu(loaded) : await startPlain(backend, loaded);
  const use = async () => {
    while (tf.getBackend() !== backend) await tf.setBackend(backend);
  };
  await use();
  const info = (tf.backend() as { adapterInfo?: AdapterInfo }).adapterInfo;
  const hardware = describeHardware(tf, info);
  if (backend === 'tensorflow') {
    if (hardware !== 'GPU') tensorflowOn = undefined;
    requireGpu(loaded.package, tf.backend() as { isUsingGpuDevice?: boolean });
  }
  const { selection, gradients } = BACKEND_KINDS[backend];
  const select =
    selection === 'host' ? selectOnHost(tf) : selection === 'sort' ? selectBySort(tf) : selectByRadix(tf);
  const device: Device = {
    tf,
    backend,
    package: loaded.package,
    hardware,
    cudaDevice: backend === 'tensorflow' && hardware === 'GPU' ? number : undefined,
    software: /llvmpipe|swiftshader|software/i.test(
      `${info?.device} ${info?.description} ${info?.architecture}`,
    ),
    convolution: gradients === 'native' ? nativeConvolution(tf) : swappedConvolution(tf),
    select,
    use,
    release: async () => {
      const held = await open.get(backend);
      if (held === undefined || --held.users > 0) return;
      open.delete(backend);
      end();
    },
  };
  await requireRightConvolutions(device);
  return { device, users: 0 };
}

/** What WebGPU tells of its hardware. */
interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
}

function describeHardware(tf: Tf, info: AdapterInfo | undefined): string | undefined {
  const gpu = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice;
  if (gpu !== undefined) return gpu ? 'GPU' : 'CPU';
  const words = [info?.device, info?.description, info?.vendor, info?.architecture].filter(Boolean);
  return words.length === 0 ? undefined : [...new Set(words)].join(', ');
}

async function startPlain(backend: Backend, { tf }: LoadedTf): Promise<() => void> {
  try {
    if (!(await tf.setBackend(backend))) throw new Error('it did not initialise');
    await tf.ready();
  } catch (error) {
    throw notStarted(backend, error);
  }
  return () => undefined;
}

/** tfjs looks for WebGPU where browsers have it. It is taken away again at the end: a live device can take the process that ends down with it. */
async function startWebgpu({ tf, webgpu }: LoadedTf): Promise<() => void> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const restore = () => {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  };
  try {
    Object.assign(globalThis, webgpu!.globals);
    const navigator = { gpu: webgpu!.create([]), userAgent: 'node' };
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });
    requireCommonJs('@tensorflow/tfjs-backend-webgpu');
    if (!(await tf.setBackend('webgpu'))) throw new Error('no adapter');
    await tf.ready();
  } catch (error) {
    restore();
    throw notStarted('webgpu', error);
  }
  return () => {
    const { device } = tf.backend() as { device: { destroy(): void } };
    const factory = tf.findBackendFactory('webgpu')!;
    tf.removeBackend('webgpu');
    device.destroy();
    tf.registerBackend('webgpu', factory);
    restore();
  };
}

const notStarted = (backend: Backend, error: unknown): InputError =>
  new InputError(
    `backend '${backend}'`,
    `it did not start (${firstLine(error).replace(/^Cannot read propert.*null.*$/, 'no adapter was found')})`,
    `it needs ${BACKEND_KINDS[backend].needs ?? 'its packages as they were published'}; ` +
      `${backend === 'wasm' || backend === 'cpu' ? `add them again with: ${addBackend(backend)}` : 'or use --backend wasm'}`,
  );
