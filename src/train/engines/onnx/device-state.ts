import { blankTensor, type StateTensor } from '../../networks/tensors.js';
import { Copies } from './copies.js';
import { type Tensor, toTensor } from './library.js';
import type { StoredLayout } from './planner.js';
import type { Provider } from './providers.js';
import { Slots, type StateStore, wrongLength } from './state.js';

/**
 * The tensors of a network's state on a device, where they stay from step to step: only what is read or written crosses. All lie in
 * the standard layout.
 */
export class DeviceState implements StateStore {
  private constructor(
    readonly copies: Copies,
    readonly slots: Slots,
  ) {}

  static async open(
    tensors: readonly StateTensor[],
    layouts: ReadonlyMap<string, StoredLayout>,
    provider: Provider,
  ): Promise<DeviceState> {
    const copies = await Copies.open(provider);
    const slots = new Slots();
    for (const tensor of tensors) {
      const layout = layouts.get(tensor.name)!;
      if (layout.order) throw new RangeError(`${tensor.name}: state on a device has the standard layout`);
      const blank = toTensor(blankTensor(tensor), layout.shape);
      slots.add(tensor.name, { layout, current: await copies.upload(blank), spare: undefined });
    }
    return new DeviceState(copies, slots);
  }

  read(name: string): Promise<Float32Array> {
    return this.copies.download(this.slots.get(name).current);
  }

  async write(name: string, values: Float32Array): Promise<void> {
    const slot = this.slots.get(name);
    if (values.length !== slot.current.size) throw wrongLength(name, values.length, slot.current.size);
    const former = slot.current;
    slot.current = await this.copies.upload(toTensor(values, slot.layout.shape));
    former.dispose();
  }

  /** Takes the next values of a step, by tensor; they are not current yet. */
  accept(next: ReadonlyMap<string, Tensor>): void {
    for (const [name, tensor] of next) {
      const slot = this.slots.get(name);
      slot.spare?.dispose();
      slot.spare = tensor;
    }
  }

  advance(names: readonly string[]): void {
    for (const name of names) {
      const slot = this.slots.get(name);
      const { current } = slot;
      if (!this.slots.keep(name, () => current)) current.dispose();
      slot.current = slot.spare!;
      slot.spare = undefined;
    }
  }

  fill(_name: string, data: Float32Array, make: (out: Float32Array) => void): void {
    make(data);
  }

  async release(): Promise<void> {
    for (const { current, spare } of this.slots.all()) {
      current.dispose();
      spare?.dispose();
    }
    await this.copies.release();
  }
}
