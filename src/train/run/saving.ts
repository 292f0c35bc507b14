import { InputError } from '../../core/errors.js';
import type { Tensor } from '../../core/safetensors.js';
import type { Engine } from '../engines/engine.js';
import type { LoopStanding } from '../loop/loop.js';
import type { Randomizer } from '../loop/randomizer.js';
import { type Checkpoint, type Standing, touchedName } from './checkpoint.js';

/** What a checkpoint takes from a run and gives back to it. */
export interface RunParts {
  /** The run's name and its data's fingerprint. */
  readonly of: { readonly run: string; readonly fingerprint: string };
  readonly engine: Engine;
  readonly randomizer?: Randomizer;
}

/** The run's state as a checkpoint. */
export function capture(
  { of, engine, randomizer }: RunParts,
  standing: LoopStanding,
  records: Pick<Standing, 'written' | 'unreadable'>,
): Checkpoint {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of engine.tensors) tensors.set(name, { shape, data: engine.read(name) });
  for (const [layer, data] of randomizer?.touched ?? [])
    tensors.set(touchedName(layer), { shape: tensors.get(`${layer}.weight`)!.shape, data });
  const randomizations = randomizer?.count ?? 0;
  return { standing: { ...of, ...structuredClone(standing), randomizations, ...records }, tensors };
}

/** Puts a checkpoint's tensors and randomizations into the run's parts, and returns where the loop stood. */
export function putBack(
  { engine, randomizer }: Omit<RunParts, 'of'>,
  { standing, tensors }: Checkpoint,
  path: string,
): LoopStanding {
  const take = <T extends Tensor['data']>(name: string, kind: new (n: number) => T): T => {
    const data = tensors.get(name)?.data;
    if (data instanceof kind) return data;
    throw new InputError(path, `holds no tensor ${name}`, 'restore the file from a copy');
  };
  for (const { name } of engine.tensors) engine.write(name, take(name, Float32Array));
  for (const [layer, touched] of randomizer?.touched ?? []) touched.set(take(touchedName(layer), Int32Array));
  if (randomizer) randomizer.count = standing.randomizations;
  const { position, step, epoch, best } = standing;
  return { position, step, epoch, best };
}
