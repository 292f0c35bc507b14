import { InputError } from '../../../core/errors.js';
import type { EngineName } from '../names.js';
import { PROVIDERS, type Provider } from '../onnx/providers.js';
import { BACKEND_KINDS, BACKENDS, type Backend } from '../tfjs/backends.js';
import { TRIAL_NETWORK, TRIAL_OPTIONS, TRIAL_TOLERANCE, trialDeviation } from './trial-step.js';

/** One way to compute: an engine and its hardware. */
export interface Path {
  readonly engine: EngineName;
  /** A provider of onnxruntime or a backend of TensorFlow.js. */
  readonly hardware: string;
}

/** Every way there is. */
export const PATHS: readonly Path[] = [
  ...PROVIDERS.map((hardware) => ({ engine: 'onnx', hardware }) as const),
  ...BACKENDS.map((hardware) => ({ engine: 'tfjs', hardware }) as const),
];

/** What was found of one way to compute. */
export interface Examination extends Path {
  /** `works`: a step was taken and is right. `missing`: a package or this platform lacks it. `fails`: it is there, and does not start or is wrong. */
  readonly state: 'works' | 'missing' | 'fails';
  readonly about: string;
  /** Name and version of the package that has it. */
  readonly package?: string;
  /** As far as it tells. */
  readonly device?: string;
  /** The device is a program on the CPU. */
  readonly software?: boolean;
  /** Why it does not work. */
  readonly why?: string;
  /** What to do about it. */
  readonly fix?: string;
  /** The relative deviation of a trial step from float64. */
  readonly deviation?: number;
}

const ABOUT: Readonly<Record<Provider, string>> = {
  cpu: 'the CPU, all cores',
  cuda: 'an NVIDIA GPU',
  webgpu: BACKEND_KINDS.webgpu.about,
  coreml: "Apple's Core ML",
  dml: "Windows' DirectML",
};

/** Starts a way to compute, takes a trial step, and ends it. Never throws. */
export async function examine({ engine, hardware }: Path): Promise<Examination> {
  const about = engine === 'onnx' ? ABOUT[hardware as Provider] : BACKEND_KINDS[hardware as Backend].about;
  const path = { engine, hardware, about };
  let there = false;
  try {
    const found =
      engine === 'onnx'
        ? await onOnnx(hardware as Provider, () => {
            there = true;
          })
        : await onTfjs(hardware as Backend, () => {
            there = true;
          });
    if (found.deviation <= TRIAL_TOLERANCE) return { ...path, state: 'works', ...found };
    const why = `a trial step is off by ${found.deviation.toPrecision(2)}`;
    return { ...path, state: 'fails', ...found, why, fix: 'use another, or another version of the driver' };
  } catch (error) {
    const state = there ? 'fails' : 'missing';
    if (error instanceof InputError) return { ...path, state, why: error.rule, fix: error.fix };
    return { ...path, state: 'fails', why: String((error as Error).message ?? error).split('\n')[0]! };
  }
}

type Found = Required<Pick<Examination, 'package' | 'deviation'>> & Pick<Examination, 'device' | 'software'>;

/** @param isThere called once what it needs of packages and platform is there */
async function onOnnx(provider: Provider, isThere: () => void): Promise<Found> {
  const { requireProvider } = await import('../onnx/available.js');
  const { onnxruntime } = await import('../onnx/library.js');
  const { createOnnxEngine } = await import('../onnx/engine.js');
  requireProvider(provider);
  isThere();
  const engine = await createOnnxEngine(TRIAL_NETWORK, { ...TRIAL_OPTIONS, provider });
  try {
    const { node } = onnxruntime().env.versions;
    return { package: `onnxruntime-node ${node}`, deviation: await trialDeviation(engine) };
  } finally {
    await engine.release();
  }
}

async function onTfjs(backend: Backend, isThere: () => void): Promise<Found> {
  const { isInstalled, packageVersionOf } = await import('../tfjs/library.js');
  const { openDevice } = await import('../tfjs/device.js');
  const { createTfjsEngine } = await import('../tfjs/engine.js');
  if (isInstalled(backend)) isThere();
  const device = await openDevice(backend);
  try {
    const engine = await createTfjsEngine(TRIAL_NETWORK, { ...TRIAL_OPTIONS, backend });
    try {
      return {
        package: `${device.package} ${packageVersionOf(device.package)}`,
        ...(device.hardware === undefined ? {} : { device: device.hardware }),
        ...(device.software ? { software: true } : {}),
        deviation: await trialDeviation(engine),
      };
    } finally {
      await engine.release();
    }
  } finally {
    await device.release();
  }
}
