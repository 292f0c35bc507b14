import { InputError, nearest } from '../../../core/errors.js';
import { blankTensor, type StateTensor } from '../../networks/tensors.js';
import { type Tensor, toTensor } from './library.js';
import type { StoredLayout } from './planner.js';

interface Slot {
  readonly layout: StoredLayout;
  current: Tensor;
  /** Where a step writes the next value; absent for tensors no step changes. */
  spare: Tensor | undefined;
}

/** The tensors of a network's state in the engine's memory. What a step changes has two buffers, which trade places. */
export class State {
  readonly #slots = new Map<string, Slot>();
  #scratch = new Float32Array(0);

  constructor(tensors: readonly StateTensor[], layouts: ReadonlyMap<string, StoredLayout>) {
    for (const tensor of tensors) {
      const { name, role, trained } = tensor;
      const layout = layouts.get(name)!;
      const make = () => toTensor(blankTensor(tensor), layout.shape);
      const changes = trained || role === 'momentum' || role === 'mean' || role === 'variance';
      this.#slots.set(name, { layout, current: make(), spare: changes ? make() : undefined });
    }
  }

  /** The current tensors of these names, by name. */
  feeds(names: readonly string[]): Record<string, Tensor> {
    return Object.fromEntries(names.map((name) => [name, this.#slot(name).current]));
  }

  /** The tensors to write next values into. */
  spare(name: string): Tensor {
    return this.#slot(name).spare!;
  }

  /** Makes the next values current. */
  advance(names: readonly string[]): void {
    for (const name of names) {
      const slot = this.#slot(name);
      [slot.current, slot.spare] = [slot.spare!, slot.current];
    }
  }

  /** The values as they are stored, not a copy. */
  stored(name: string): Float32Array {
    return this.#slot(name).current.data as Float32Array;
  }

  /** A copy in the standard layout. */
  read(name: string): Float32Array {
    const { layout } = this.#slot(name);
    const data = this.stored(name);
    if (!layout.order) return data.slice();
    const result = new Float32Array(data.length);
    for (let i = 0; i < data.length; i++) result[layout.order[i]!] = data[i]!;
    return result;
  }

  write(name: string, values: Float32Array): void {
    const data = this.stored(name);
    if (values.length !== data.length)
      throw new InputError(
        `${values.length} values for tensor ${name}`,
        `it holds ${data.length}`,
        'pass a tensor of the network the engine was built for',
      );
    place(values, data, this.#slot(name).layout.order);
  }

  /** Fills an array that lies in memory as a tensor does with what `make` writes in the standard layout. */
  fill(name: string, data: Float32Array, make: (out: Float32Array) => void): void {
    const { order } = this.#slot(name).layout;
    if (!order) make(data);
    else {
      if (this.#scratch.length < data.length) this.#scratch = new Float32Array(data.length);
      const values = this.#scratch.subarray(0, data.length);
      make(values);
      place(values, data, order);
    }
  }

  #slot(name: string): Slot {
    const slot = this.#slots.get(name);
    if (slot) return slot;
    const near = nearest(name, [...this.#slots.keys()]);
    throw new InputError(
      `tensor '${name}'`,
      'the network has none of this name in this mode',
      near === undefined ? 'see stateTensors for the names' : `did you mean '${near}'`,
    );
  }
}

function place(values: Float32Array, into: Float32Array, order: Int32Array | undefined): void {
  if (!order) into.set(values);
  else for (let i = 0; i < into.length; i++) into[i] = values[order[i]!]!;
}
