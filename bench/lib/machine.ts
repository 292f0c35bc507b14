import { cpus, release, totalmem, type } from 'node:os';
import { Graph } from '../../src/train/engines/onnx/graph.js';
import { toTensor } from '../../src/train/engines/onnx/library.js';
import { createSession } from '../../src/train/engines/onnx/session.js';

/** The machine in one line. */
export function machine(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() ?? 'unknown processor'}, ${cores.length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node.js ${process.version}`;
}

/** The best of 20 products of 1536x1536 matrices by onnxruntime, operations per second. */
export async function matmulPeak(threads: number): Promise<number> {
  const n = 1536;
  const graph = new Graph();
  const [a, b] = [graph.input('a', [n, n]), graph.input('b', [n, n])];
  graph.output('c', graph.matmul(a, b));
  const session = await createSession(graph.build(), 'cpu', threads);
  const values = Float32Array.from({ length: n * n }, (_, i) => Math.sin(i));
  const feeds = { a: toTensor(values, [n, n]), b: toTensor(values, [n, n]) };
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await session.run(feeds);
    best = Math.min(best, performance.now() - start);
  }
  await session.release();
  return (2 * n ** 3) / (best / 1e3);
}
