import { Graph, NCHWC } from '../graph.js';
import { type InferenceSession, toTensor } from '../library.js';
import type { Planner } from '../planner.js';
import type { Provider } from '../providers.js';
import { createSession } from '../session.js';
import { blockedPlanner } from './blocked-planner.js';
import { devicePlanner, productPlanner } from './device.js';
import type { Block } from './nchwc.js';
import { standardPlanner } from './standard.js';

let probed: Promise<Block | undefined> | undefined;

/** The block of onnxruntime's blocked layout on this processor; undefined where it has none. */
export function machineBlock(): Promise<Block | undefined> {
  probed ??= probe();
  return probed;
}

/** The formulations that are fastest on this machine: on the CPU blocked where the processor has a blocked layout, else standard. */
export async function fastestPlanner(provider: Provider): Promise<Planner> {
  if (provider === 'cuda') return productPlanner;
  if (provider !== 'cpu') return devicePlanner;
  const block = await machineBlock();
  return block === undefined ? standardPlanner : blockedPlanner(block);
}

/** Reorders 16 channels of two pixels and looks at which value comes after the first 8. */
async function probe(): Promise<Block | undefined> {
  const shape = [1, 16, 1, 2];
  const graph = new Graph();
  const x = graph.input('x', shape);
  const reordered = graph.node('ReorderInput', [x], shape, {
    domain: NCHWC,
    attributes: { channels_last: 0 },
  });
  graph.output('y', reordered);
  let session: InferenceSession | undefined;
  try {
    session = await createSession(graph.build(), 'cpu', 1);
    const result = await session.run({
      x: toTensor(
        Float32Array.from({ length: 32 }, (_, i) => i),
        shape,
      ),
    });
    const y = result.y!.data as Float32Array;
    // Channel 8 of the first pixel, or channel 0 of the second.
    return y[8] === 16 ? 16 : y[8] === 1 ? 8 : undefined;
  } catch {
    // This build of onnxruntime has no blocked operators.
    return undefined;
  } finally {
    await session?.release();
  }
}
