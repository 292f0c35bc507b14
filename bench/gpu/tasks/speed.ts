import { createInterface } from 'node:readline';
import type { Where } from '../paths.js';
import type { Sized } from '../settings.js';
import { makeBatch, prepareEngine } from './prepare.js';

/** A participant (bench/lib/participant.ts): for every line `N` it takes N training steps. */
export async function speed(of: Sized & { readonly on: Where; readonly batch: number }): Promise<undefined> {
  const engine = await prepareEngine(of);
  const { images, labels } = makeBatch(engine, of.batch);
  process.stdout.write('{}\n');
  for await (const line of createInterface({ input: process.stdin })) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    let loss = Number.NaN;
    for (let left = Number(line); left > 0; ) {
      const together = Math.min(left, engine.chunks?.steps ?? 1);
      const batches = new Array(together).fill({ images, labels });
      const results =
        together > 1 ? await engine.chunks!.run(batches, 0.1) : [await engine.step(images, labels, 0.1)];
      loss = results.at(-1)!.loss;
      left -= together;
    }
    const seconds = (performance.now() - start) / 1e3;
    const { user, system } = process.cpuUsage(cpu);
    const peak = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(
      `${JSON.stringify({ seconds, cpu_seconds: (user + system) / 1e6, loss, peak_bytes: peak })}\n`,
    );
  }
  await engine.release();
  return undefined;
}
