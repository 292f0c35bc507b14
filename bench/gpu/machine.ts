import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { packageVersion } from '../../src/core/version.js';
import { onnxruntime } from '../../src/train/engines/onnx/library.js';
import type { Device } from './report.js';

/** What nvidia-smi answers, a line a device; undefined where there is none. */
function nvidia(query: string): string | undefined {
  const done = spawnSync('nvidia-smi', [`--query-gpu=${query}`, '--format=csv,noheader,nounits'], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return done.status === 0 ? done.stdout.trim().split('\n')[0] : undefined;
}

/** Bytes in use on the first NVIDIA device; undefined where there is none. */
export function deviceMemoryInUse(): number | undefined {
  const used = Number(nvidia('memory.used') ?? Number.NaN);
  return Number.isNaN(used) ? undefined : used * 2 ** 20;
}

/**
 * The device: NVIDIA's by its own tool, else the Vulkan driver that the environment names, else the processor.
 *
 * @param name given by the user
 */
export function findDevice(name: string | undefined): Device {
  const found = nvidia('name,driver_version');
  const [card, driver] = found?.split(', ') ?? [];
  if (card !== undefined) return { name: name ?? card, driver: driver ?? 'unknown' };
  const files = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  const vulkan = files?.split(':').map((file) => basename(file).replace(/_icd.*\.json$/, ''));
  if (vulkan?.length === 1 && vulkan[0] === 'lvp')
    return { name: name ?? 'lavapipe', driver: "Mesa's lavapipe, a software adapter: no GPU" };
  return { name: name ?? 'unknown device', driver: vulkan ? vulkan.join(', ') : 'unknown' };
}

/** Versions of what is measured. */
export function versions(torch: string | undefined): Readonly<Record<string, string>> {
  return {
    iterand: packageVersion(),
    'Node.js': process.versions.node,
    onnxruntime: onnxruntime().env.versions.common,
    ...(torch === undefined ? {} : { PyTorch: torch }),
  };
}

/** PyTorch's version and CUDA where the interpreter has it with the device; else why not. */
export function findTorch(python: string, device: 'cuda' | 'cpu'): { version?: string; why?: string } {
  const program =
    "import torch; print(torch.__version__, 'CUDA', torch.version.cuda, 'cuDNN', torch.backends.cudnn.version()); " +
    'print(torch.cuda.is_available())';
  const done = spawnSync(python, ['-c', program], { encoding: 'utf8', timeout: 120_000 });
  if (done.status !== 0)
    return {
      why: `${python} has no torch (${done.error?.message ?? done.stderr.trim().split('\n').at(-1)})`,
    };
  const [version, available] = done.stdout.trim().split('\n');
  if (device === 'cuda' && available !== 'True') return { why: `torch ${version} finds no CUDA device` };
  return { version: version! };
}
