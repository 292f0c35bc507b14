import type { EnginePath } from '../../../src/train/engines/names.js';
import { requireProvider } from '../../../src/train/engines/onnx/available.js';
import { Graph } from '../../../src/train/engines/onnx/graph.js';
import { toTensor } from '../../../src/train/engines/onnx/library.js';
import { requireRightAnswers } from '../../../src/train/engines/onnx/self-check.js';
import { createSession } from '../../../src/train/engines/onnx/session.js';
import { requireBackend } from '../../../src/train/engines/tfjs/backends.js';
import { openDevice } from '../../../src/train/engines/tfjs/device.js';

/** Starts a path and holds a few convolutions against the CPU's. @throws InputError if it does not start or is wrong */
export async function start({ on }: { readonly on: EnginePath }): Promise<object> {
  if (on.engine === 'tfjs') {
    // It holds its convolutions against plain loops itself.
    const device = await openDevice(requireBackend(on.backend!));
    await device.release();
    return {};
  }
  const provider = requireProvider(on.provider!);
  const graph = new Graph();
  const x = graph.input('x', [4]);
  graph.output('y', graph.add(x, x));
  const session = await createSession(graph.build(), provider);
  await session.run({ x: toTensor(Float32Array.of(1, 2, 3, 4), [4]) });
  await session.release();
  await requireRightAnswers(provider);
  return {};
}
