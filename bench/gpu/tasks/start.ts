import { requireProvider } from '../../../src/train/engines/onnx/available.js';
import { Graph } from '../../../src/train/engines/onnx/graph.js';
import { toTensor } from '../../../src/train/engines/onnx/library.js';
import type { Provider } from '../../../src/train/engines/onnx/providers.js';
import { requireRightAnswers } from '../../../src/train/engines/onnx/self-check.js';
import { createSession } from '../../../src/train/engines/onnx/session.js';

/** Starts a provider and holds a few convolutions against the CPU's. @throws InputError if it does not start or is wrong */
export async function start({ provider }: { readonly provider: Provider }): Promise<object> {
  const graph = new Graph();
  const x = graph.input('x', [4]);
  graph.output('y', graph.add(x, x));
  const session = await createSession(graph.build(), requireProvider(provider));
  await session.run({ x: toTensor(Float32Array.of(1, 2, 3, 4), [4]) });
  await session.release();
  await requireRightAnswers(provider);
  return {};
}
