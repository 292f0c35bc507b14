import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Where } from '../paths.js';
import type { Profile } from '../report.js';
import type { Sized } from '../settings.js';
import { makeBatch, prepareEngine } from './prepare.js';

/** One line of onnxruntime's profile. */
interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

const STEPS = 3;
const LONGEST = 10;

/** Where a step's time goes: profiled over three steps after one that warms up. */
export async function profile(
  of: Sized & { readonly on: Where; readonly batch: number },
): Promise<Pick<Profile, 'count' | 'onCpu' | 'top'>> {
  const folder = mkdtempSync(join(tmpdir(), 'iterand-profile-'));
  try {
    const engine = await prepareEngine({ ...of, profile: join(folder, 'step') });
    const { images, labels } = makeBatch(engine, of.batch);
    for (let i = 0; i < STEPS + 1; i++) await engine.step(images, labels, 0.1);
    await engine.release();
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    return summed(files.flatMap((text) => JSON.parse(text) as Event[]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sums the kernels of all runs but the first by layer and operator. */
export function summed(events: readonly Event[]): Pick<Profile, 'count' | 'onCpu' | 'top'> {
  // A loop over several steps holds the nodes of its body, which are events too.
  const kernels = events.filter(
    ({ cat, name, args }) => cat === 'Node' && name.endsWith('_kernel_time') && args?.op_name !== 'Loop',
  );
  const seen = new Map<string, number>();
  const warm = kernels.filter(({ name }) => {
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return seen.get(name)! > 1;
  });
  const sums = new Map<string, { node: string; provider: string; microseconds: number }>();
  for (const { name, dur, args } of warm) {
    const layer = name.replace(/_kernel_time$/, '').replace(/\/[^/]*$/, '');
    const node = `${layer} ${args?.op_name ?? ''}`.trim();
    const provider = (args?.provider ?? '').replace(/ExecutionProvider$/, '');
    const known = sums.get(`${node} ${provider}`) ?? { node, provider, microseconds: 0 };
    known.microseconds += dur;
    sums.set(`${node} ${provider}`, known);
  }
  const all = [...sums.values()].sort((a, b) => b.microseconds - a.microseconds);
  const total = all.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const runs = Math.max(1, ...[...seen.values()].map((times) => times - 1));
  const onCpu = new Set(
    kernels.filter(({ args }) => args?.provider?.startsWith('CPU')).map(({ name }) => name),
  );
  return {
    count: seen.size,
    onCpu: onCpu.size,
    top: all.slice(0, LONGEST).map(({ node, provider, microseconds }) => ({
      node,
      provider,
      milliseconds: microseconds / 1e3 / runs,
      share: microseconds / (total || 1),
    })),
  };
}
