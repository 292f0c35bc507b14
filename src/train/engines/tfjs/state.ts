import { InputError, nearest } from '../../../core/errors.js';
import { blankTensor, type StateTensor } from '../../networks/tensors.js';
import type { Tensor, Tf } from './tensor.js';

/** OIHW to the [k, k, in, out] that TensorFlow.js computes with, and back. */
const STORED = [2, 3, 1, 0];
const STANDARD = [3, 2, 0, 1];

/** A network's state on the device: convolutions' weights as [k, k, in, out], the rest as in the standard layout. */
export class TensorState {
  readonly #held = new Map<string, Tensor>();
  readonly #known: ReadonlyMap<string, StateTensor>;

  constructor(
    readonly tf: Tf,
    tensors: readonly StateTensor[],
  ) {
    this.#known = new Map(tensors.map((t) => [t.name, t]));
    for (const tensor of tensors) this.#held.set(tensor.name, this.place(tensor.name, blankTensor(tensor)));
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  get(name: string): Tensor {
    this.#require(name);
    return this.#held.get(name)!;
  }

  /** Values in the standard layout as a tensor like the state's, which outlives a tidy. */
  place(name: string, values: Float32Array): Tensor {
    const { shape } = this.#require(name);
    const { tf } = this;
    return tf.tidy(() => {
      const given = tf.tensor(values, shape, 'float32');
      return tf.keep(shape.length === 4 ? tf.transpose(given, STORED) : given);
    });
  }

  /** A copy in the standard layout. */
  async read(name: string): Promise<Float32Array> {
    const held = this.get(name);
    if (held.shape.length !== 4) return Float32Array.from(await held.data());
    const standard = this.tf.transpose(held, STANDARD);
    const values = Float32Array.from(await standard.data());
    standard.dispose();
    return values;
  }

  write(name: string, values: Float32Array): void {
    const { size } = this.get(name);
    if (values.length !== size)
      throw new InputError(
        `${values.length} values for tensor ${name}`,
        `it holds ${size}`,
        'pass a tensor of the network the engine was built for',
      );
    this.tf.dispose([...this.swap(new Map([[name, this.place(name, values)]])).values()]);
  }

  /** Puts tensors, which must outlive a tidy, in the place of others, which it returns. */
  swap(next: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    const before = new Map<string, Tensor>();
    for (const [name, tensor] of next) {
      before.set(name, this.get(name));
      this.#held.set(name, tensor);
    }
    return before;
  }

  dispose(): void {
    this.tf.dispose([...this.#held.values()]);
    this.#held.clear();
  }

  #require(name: string): StateTensor {
    const known = this.#known.get(name);
    if (known) return known;
    const near = nearest(name, [...this.#known.keys()]);
    throw new InputError(
      `tensor '${name}'`,
      'the network has none of this name in this mode',
      near === undefined ? 'see stateTensors for the names' : `did you mean '${near}'`,
    );
  }
}
