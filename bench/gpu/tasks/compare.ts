import { tensorDeviation } from '../../../src/train/vectors/kind.js';
import type { Where } from '../paths.js';
import type { Sized } from '../settings.js';
import { makeBatch, prepareEngine } from './prepare.js';

/** A training step of a path and of onnxruntime on the CPU from the same state: how far loss, logits and the state after it are apart. */
export async function compare(of: Sized & { readonly on: Where }): Promise<{ deviation: number }> {
  const [theirs, ours] = [await stepOf(of), await stepOf({ ...of, on: { engine: 'onnx', provider: 'cpu' } })];
  const apart = [...ours].map(([name, values]) => tensorDeviation(theirs.get(name)!, values));
  return { deviation: apart.reduce((a, b) => (b > a || Number.isNaN(b) ? b : a)) };
}

async function stepOf(of: Sized & { readonly on: Where }): Promise<Map<string, Float32Array>> {
  const engine = await prepareEngine(of);
  const { images, labels } = makeBatch(engine, 8);
  const { loss, logits } = await engine.step(images, labels, 0.1);
  const found = new Map([
    ['loss', Float32Array.of(loss)],
    ['logits', logits],
  ]);
  for (const { name } of engine.tensors) found.set(name, await engine.read(name));
  await engine.release();
  return found;
}
