import { InputError, nearest } from '../../../core/errors.js';
import { blankTensor, type StateTensor } from '../../networks/tensors.js';
import { type Tensor, toTensor } from './library.js';
import type { StoredLayout } from './planner.js';

/** A tensor of the state. */
export interface Slot {
  readonly layout: StoredLayout;
  current: Tensor;
  /** Where a step writes the next value, or on a device has written it; absent for tensors no step changes. */
  spare: Tensor | undefined;
}

/** Whether a step changes a tensor. */
const changes = ({ role, trained }: StateTensor): boolean =>
  trained || role === 'momentum' || role === 'mean' || role === 'variance';

/** The tensors of a state by name. On the host what a step changes has two buffers, which trade places. */
export class Slots {
  readonly #slots = new Map<string, Slot>();
  /** During an attempt: what the tensors that it has changed were before it. */
  #before: Map<string, Tensor> | undefined;

  add(name: string, slot: Slot): void {
    this.#slots.set(name, slot);
  }

  /** @throws InputError for an unknown name */
  get(name: string): Slot {
    const slot = this.#slots.get(name);
    if (slot) return slot;
    const near = nearest(name, [...this.#slots.keys()]);
    throw new InputError(
      `tensor '${name}'`,
      'the network has none of this name in this mode',
      near === undefined ? 'see stateTensors for the names' : `did you mean '${near}'`,
    );
  }

  all(): Iterable<Slot> {
    return this.#slots.values();
  }

  /** The current tensors of these names, by name. */
  feeds(names: readonly string[]): Record<string, Tensor> {
    return Object.fromEntries(names.map((name) => [name, this.get(name).current]));
  }

  /** Where a step on the host writes the next value of a tensor that it changes. */
  spare(name: string): Tensor {
    return this.get(name).spare!;
  }

  /** Carries out `work`; if it throws, all tensors are what they were before. An attempt within another leaves that to the outer one. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    if (this.#before) return work();
    const before = new Map<string, Tensor>();
    this.#before = before;
    try {
      const result = await work();
      for (const tensor of before.values()) tensor.dispose();
      return result;
    } catch (error) {
      for (const [name, tensor] of before) {
        const slot = this.get(name);
        slot.current.dispose();
        slot.current = tensor;
      }
      throw error;
    } finally {
      this.#before = undefined;
    }
  }

  /** Keeps what a tensor was before the attempt under way. @returns whether it took what `value` gave */
  keep(name: string, value: () => Tensor): boolean {
    if (!this.#before || this.#before.has(name)) return false;
    this.#before.set(name, value());
    return true;
  }
}

/** A state, wherever it lies. */
export interface StateStore {
  readonly slots: Slots;
  /** Makes the next values of a step current, which lie in the spare tensors. */
  advance(names: readonly string[]): void;
  /** A copy in the standard layout. */
  read(name: string): Float32Array | Promise<Float32Array>;
  /** @throws InputError for a wrong length */
  write(name: string, values: Float32Array): void | Promise<void>;
  /** Fills an array that lies in memory as a tensor does with what `make` writes in the standard layout. */
  fill(name: string, data: Float32Array, make: (out: Float32Array) => void): void;
  release(): void | Promise<void>;
}

/** The tensors of a network's state in the host's memory. */
export class State implements StateStore {
  readonly slots = new Slots();
  #scratch = new Float32Array(0);

  constructor(tensors: readonly StateTensor[], layouts: ReadonlyMap<string, StoredLayout>) {
    for (const tensor of tensors) {
      const layout = layouts.get(tensor.name)!;
      const make = () => toTensor(blankTensor(tensor), layout.shape);
      this.slots.add(tensor.name, { layout, current: make(), spare: changes(tensor) ? make() : undefined });
    }
  }

  /** The values as they are stored, not a copy. */
  stored(name: string): Float32Array {
    return this.slots.get(name).current.data as Float32Array;
  }

  read(name: string): Float32Array {
    const { layout } = this.slots.get(name);
    const data = this.stored(name);
    if (!layout.order) return data.slice();
    const result = new Float32Array(data.length);
    for (let i = 0; i < data.length; i++) result[layout.order[i]!] = data[i]!;
    return result;
  }

  write(name: string, values: Float32Array): void {
    const data = this.stored(name);
    if (values.length !== data.length) throw wrongLength(name, values.length, data.length);
    place(values, data, this.slots.get(name).layout.order);
  }

  fill(name: string, data: Float32Array, make: (out: Float32Array) => void): void {
    const { order } = this.slots.get(name).layout;
    if (!order) make(data);
    else {
      if (this.#scratch.length < data.length) this.#scratch = new Float32Array(data.length);
      const values = this.#scratch.subarray(0, data.length);
      make(values);
      place(values, data, order);
    }
  }

  advance(names: readonly string[]): void {
    for (const name of names) {
      const slot = this.slots.get(name);
      this.slots.keep(name, () => toTensor(this.stored(name).slice(), slot.layout.shape));
      [slot.current, slot.spare] = [slot.spare!, slot.current];
    }
  }

  release(): void {}
}

/** For values that are not a tensor's. */
export const wrongLength = (name: string, given: number, holds: number): InputError =>
  new InputError(
    `${given} values for tensor ${name}`,
    `it holds ${holds}`,
    'pass a tensor of the network the engine was built for',
  );

function place(values: Float32Array, into: Float32Array, order: Int32Array | undefined): void {
  if (!order) into.set(values);
  else for (let i = 0; i < into.length; i++) into[i] = values[order[i]!]!;
}
