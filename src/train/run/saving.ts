import { InputError } from '../../core/errors.js';
import type { Tensor } from '../../core/safetensors.js';
import { sizeOf } from '../../core/shape.js';
import type { Engine } from '../engines/engine.js';
import type { LoopStanding } from '../loop/loop.js';
import type { Refresher } from '../loop/refresher.js';
import { type SparsityRamp, sparsityAt } from '../spec/schedule.js';
import { type Checkpoint, type RunAndData, type Standing, touchedName } from './checkpoint.js';

/** What a checkpoint takes from a run and gives back to it. */
export interface RunParts {
  readonly of: RunAndData;
  readonly engine: Engine;
  readonly refresher?: Refresher | undefined;
  /** Of a run whose pruned fraction rises. */
  readonly ramp?: SparsityRamp | undefined;
}

/** The run's state as a checkpoint. */
export async function capture(
  { of, engine, refresher }: RunParts,
  standing: LoopStanding,
  records: Pick<Standing, 'written' | 'unreadable'>,
): Promise<Checkpoint> {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of engine.tensors) tensors.set(name, { shape, data: await engine.read(name) });
  for (const [layer, data] of refresher?.touched ?? [])
    tensors.set(touchedName(layer), { shape: tensors.get(`${layer}.weight`)!.shape, data });
  const randomizations = refresher?.count ?? 0;
  const { run, data } = of;
  const { fingerprint } = data;
  return {
    standing: { run, fingerprint, ...structuredClone(standing), randomizations, ...records },
    tensors,
  };
}

/** Puts a checkpoint's tensors, refreshes and pruned fraction into the run's parts, and returns where the loop stood. */
export async function putBack(
  { engine, refresher, ramp }: Omit<RunParts, 'of'>,
  { standing, tensors }: Checkpoint,
  path: string,
): Promise<LoopStanding> {
  const take = <T extends Tensor['data']>(name: string, kind: new (n: number) => T, size: number): T => {
    const data = tensors.get(name)?.data;
    if (data instanceof kind && data.length === size) return data;
    throw new InputError(path, `holds no tensor ${name} of ${size} values`, 'restore the file from a copy');
  };
  for (const { name, shape } of engine.tensors)
    await engine.write(name, take(name, Float32Array, sizeOf(shape)));
  for (const [layer, touched] of refresher?.touched ?? [])
    touched.set(take(touchedName(layer), Int32Array, touched.length));
  if (refresher) refresher.count = standing.randomizations;
  if (ramp) engine.setSparsity(sparsityAt(ramp, lastEpoch(standing.position)));
  const { position, step, epoch, best } = standing;
  return { position, step, epoch, best };
}

/** The epoch of the last step before a position. */
const lastEpoch = ({ epoch, batch }: LoopStanding['position']): number =>
  batch > 0 ? epoch : Math.max(0, epoch - 1);
