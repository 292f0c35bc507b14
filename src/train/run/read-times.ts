import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { readBytes } from '../../core/files.js';
import { parseJson } from '../../core/json.js';
import { damaged, readingStored } from '../../runs/damage.js';
import type { RunPaths } from '../../runs/paths.js';
import { count, finite } from './schemas.js';

const begun = v.object({
  began: v.string(),
  step: count,
  node: v.string(),
  cpu: v.string(),
  threads: v.pipe(count, v.minValue(1)),
  /** In words, where there may be several. */
  device: v.optional(v.string()),
  /** The version of iterand; the first versions left it out. */
  iterand: v.optional(v.string()),
});
const epoch = v.object({ epoch: count, secondsSinceStart: finite, images: count, trainingSeconds: finite });

/** One process's part of a run, and the machine it ran on. */
export type RunPart = v.InferOutput<typeof begun>;

/** What a run took. */
export interface RunTimes {
  readonly parts: readonly RunPart[];
  /** Training alone, over the epochs of all parts; evaluations, checkpoints and what a killed process lost are not in it. */
  readonly trainingSeconds: number;
  /** Training images in that time. */
  readonly images: number;
}

/**
 * The wall times of a run; undefined if there are none.
 *
 * @throws InputError that names the damaged line
 */
export function readTimes({ times: path }: RunPaths): RunTimes | undefined {
  if (!existsSync(path)) return undefined;
  // A killed process may have left a last line without its end.
  const lines = readBytes(path).toString('utf8').split('\n').slice(0, -1);
  const parts: RunPart[] = [];
  const epochs = new Map<number, v.InferOutput<typeof epoch>>();
  for (const [i, text] of lines.entries()) {
    const name = `${path}, line ${i + 1}`;
    const line = readingStored(name, () => parseJson(text, name));
    const part = v.safeParse(begun, line);
    const done = v.safeParse(epoch, line);
    if (part.success) parts.push(part.output);
    else if (done.success) epochs.set(done.output.epoch, done.output);
    else throw damaged(name, 'it is neither the start of a part of the run nor an epoch of it');
  }
  const sum = (key: 'trainingSeconds' | 'images') =>
    [...epochs.values()].reduce((total, e) => total + e[key], 0);
  return { parts, trainingSeconds: sum('trainingSeconds'), images: sum('images') };
}
