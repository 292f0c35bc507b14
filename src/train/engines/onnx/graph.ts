import type { onnx } from 'onnx-proto';
import { sizeOf } from '../../../core/shape.js';
import { encodeAttribute, encodeModel } from './encode.js';
import { encodeLoop } from './encode-loop.js';
import { broadcast, reduced } from './shapes.js';
import { type Attribute, ELEMENT, type ElementType, type Repetition, type Value } from './value.js';

export type { Value } from './value.js';

/** The domain of onnxruntime's blocked-layout (NCHWc) operators: Conv, GlobalAveragePool, ReorderInput, ReorderOutput. */
export const NCHWC = 'com.microsoft.nchwc';

/** What a node needs beside its type and inputs. */
export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  readonly type?: ElementType;
  /** Distinguishes the node in a profile; the scope and a number are added. */
  readonly label?: string;
}

/** WebGPU's Split takes at most 16 buffers, its input among them. */
const MOST_PARTS = 8;

/**
 * Builds an ONNX model node by node, with every shape known. Methods that take a shape trust it; the rest infer it and throw
 * RangeError where the operands do not fit. Opset 17.
 */
export class Graph {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #initializers: onnx.ITensorProto[] = [];
  readonly #inputs: Value[] = [];
  readonly #outputs: { readonly name: string; readonly value: Value }[] = [];
  readonly #constants = new Map<string, Value>();
  readonly #memo = new Map<string, unknown>();
  /** By a reshaped value's name: the value that it has the bytes of. */
  readonly #reshaped = new Map<string, Value>();
  #scope = '';
  #count = 0;

  /** Names the nodes emitted in `emit` after `scope`, so that a profile can be summed by layer. */
  within<T>(scope: string, emit: () => T): T {
    const outer = this.#scope;
    this.#scope = outer === '' ? scope : `${outer}/${scope}`;
    try {
      return emit();
    } finally {
      this.#scope = outer;
    }
  }

  /** The value made for `key` before, or a new one: for nodes that several formulations share. */
  memo<T>(key: string, make: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, make());
    return this.#memo.get(key) as T;
  }

  input(name: string, shape: readonly number[], type: ElementType = 'float32'): Value {
    const value = { name, shape, type };
    this.#inputs.push(value);
    return value;
  }

  /** Makes `value` an output called `name`. */
  output(name: string, value: Value): void {
    this.#outputs.push({ name, value });
  }

  /** An int64 vector constant (shapes, axes, indices); equal ones are shared. */
  ints(values: readonly number[]): Value {
    const key = `i${values.join()}`;
    return this.#constant(key, [values.length], 'int64', () => BigInt64Array.from(values.map(BigInt)));
  }

  /** A float32 constant; a number gives a scalar of shape []. */
  floats(values: number | readonly number[] | Float32Array, shape?: readonly number[]): Value {
    const data = Float32Array.from(typeof values === 'number' ? [values] : values);
    const dims = shape ?? (typeof values === 'number' ? [] : [data.length]);
    return this.#constant(
      `f${dims.join()}|${Buffer.from(data.buffer).toString('base64')}`,
      dims,
      'float32',
      () => data,
    );
  }

  /** A node with one output of the given shape. An input '' is an omitted optional one. */
  node(
    operator: string,
    inputs: readonly (Value | '')[],
    shape: readonly number[],
    options: NodeOptions = {},
  ): Value {
    return this.nodes(operator, inputs, [shape], options)[0]!;
  }

  /** A node with several outputs; all have the type `options.type` (default float32). */
  nodes(
    operator: string,
    inputs: readonly (Value | '')[],
    shapes: readonly (readonly number[])[],
    { attributes = {}, domain = '', type = 'float32', label = operator }: NodeOptions = {},
  ): readonly Value[] {
    const name = `${this.#scope}/${label}_${this.#count++}`;
    const outputs = shapes.map((shape, i) => ({
      name: shapes.length === 1 ? name : `${name}.${i}`,
      shape,
      type,
    }));
    this.#nodes.push({
      opType: operator,
      domain,
      name,
      input: inputs.map((v) => (v === '' ? '' : v.name)),
      output: outputs.map((v) => v.name),
      attribute: Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value)),
    });
    return outputs;
  }

  /** Same bytes in another shape; one node for all who ask for it, and none for the way back. */
  reshape(x: Value, shape: readonly number[]): Value {
    if (sizeOf(shape) !== sizeOf(x.shape))
      throw new RangeError(`${x.name}: [${x.shape}] does not reshape to [${shape}]`);
    const origin = this.#reshaped.get(x.name) ?? x;
    if (shape.join() === origin.shape.join()) return origin;
    return this.memo(`${origin.name}:[${shape}]`, () => {
      const value = this.node('Reshape', [origin, this.ints(shape)], shape, { type: x.type });
      this.#reshaped.set(value.name, origin);
      return value;
    });
  }

  transpose(x: Value, permutation: readonly number[], label?: string): Value {
    const shape = permutation.map((axis) => x.shape[axis]!);
    return this.node('Transpose', [x], shape, {
      attributes: { perm: permutation },
      ...(label ? { label } : {}),
    });
  }

  /** x[start:end:step] along one axis; `end` is exclusive. */
  slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
    if (start === 0 && step === 1 && end >= x.shape[axis]!) return x;
    const shape = x.shape.with(axis, Math.ceil((Math.min(end, x.shape[axis]!) - start) / step));
    return this.node(
      'Slice',
      [x, this.ints([start]), this.ints([end]), this.ints([axis]), this.ints([step])],
      shape,
    );
  }

  concat(values: readonly Value[], axis: number): Value {
    if (values.length === 1) return values[0]!;
    const shape = values[0]!.shape.with(
      axis,
      values.reduce((sum, v) => sum + v.shape[axis]!, 0),
    );
    return this.node('Concat', values, shape, { attributes: { axis } });
  }

  /** The first axis cut into pieces of these sizes. */
  split(x: Value, sizes: readonly number[]): readonly Value[] {
    if (sizes.length === 1) return [x];
    if (sizes.length > MOST_PARTS) {
      const many = Math.ceil(sizes.length / MOST_PARTS);
      const groups = sizes.flatMap((_, i) => (i % many === 0 ? [sizes.slice(i, i + many)] : []));
      const sums = groups.map((group) => group.reduce((a, b) => a + b, 0));
      const whole = this.split(x, sums);
      return groups.flatMap((group, g) => this.split(whole[g]!, group));
    }
    const shapes = sizes.map((n) => x.shape.with(0, n));
    return this.nodes('Split', [x, this.ints(sizes)], shapes, { attributes: { axis: 0 } });
  }

  /** Rows of `x` along `axis` in the order of `indices`. */
  gather(x: Value, indices: readonly number[], axis: number): Value {
    return this.node('Gather', [x, this.ints(indices)], x.shape.with(axis, indices.length), {
      attributes: { axis },
    });
  }

  /** Pads one axis with a constant. */
  pad(x: Value, axis: number, before: number, after: number, value = 0): Value {
    if (before === 0 && after === 0) return x;
    const amounts = new Array<number>(2 * x.shape.length).fill(0);
    amounts[axis] = before;
    amounts[x.shape.length + axis] = after;
    return this.node(
      'Pad',
      [x, this.ints(amounts), this.floats(value)],
      x.shape.with(axis, x.shape[axis]! + before + after),
    );
  }

  /** An element-wise operator of two values with broadcasting. */
  binary(operator: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max', a: Value, b: Value, label?: string): Value {
    return this.node(operator, [a, b], broadcast(a, b), label ? { label } : {});
  }

  add(a: Value, b: Value, label?: string): Value {
    return this.binary('Add', a, b, label);
  }

  sub(a: Value, b: Value): Value {
    return this.binary('Sub', a, b);
  }

  mul(a: Value, b: Value, label?: string): Value {
    return this.binary('Mul', a, b, label);
  }

  /** x times a constant. */
  scale(x: Value, factor: number): Value {
    return this.mul(x, this.floats(factor));
  }

  /** An element-wise operator of one value. */
  unary(
    operator: 'Relu' | 'Sqrt' | 'Reciprocal' | 'Neg' | 'Exp' | 'Log' | 'Abs' | 'Sign' | 'Sigmoid',
    x: Value,
  ): Value {
    return this.node(operator, [x], x.shape);
  }

  /** 1 where a >= b (or a > b, or a = b), else 0, as float32. */
  compare(operator: 'GreaterOrEqual' | 'Greater' | 'Equal', a: Value, b: Value): Value {
    const shape = broadcast(a, b);
    const truth = this.node(operator, [a, b], shape, { type: 'bool' });
    return this.node('Cast', [truth], shape, { attributes: { to: ELEMENT.float32 } });
  }

  /** Matrix product over the last two axes; leading axes equal or absent. */
  matmul(a: Value, b: Value, label?: string): Value {
    const [m, k] = a.shape.slice(-2);
    const [k2, n] = b.shape.slice(-2);
    if (k !== k2) throw new RangeError(`MatMul of [${a.shape}] and [${b.shape}]`);
    const lead = (a.shape.length >= b.shape.length ? a : b).shape.slice(0, -2);
    return this.node('MatMul', [a, b], [...lead, m!, n!], label ? { label } : {});
  }

  /** Mean over some axes. */
  reduceMean(x: Value, axes: readonly number[], keep = false): Value {
    return this.node('ReduceMean', [x], reduced(x.shape, axes, keep), {
      attributes: { axes: [...axes], keepdims: keep ? 1 : 0 },
    });
  }

  /** The largest of all values, []. */
  reduceMax(x: Value): Value {
    return this.node('ReduceMax', [x], [], { attributes: { keepdims: 0 } });
  }

  reduceSum(x: Value, axes: readonly number[], keep = false, label?: string): Value {
    return this.node('ReduceSum', [x, this.ints(axes)], reduced(x.shape, axes, keep), {
      attributes: { keepdims: keep ? 1 : 0 },
      ...(label ? { label } : {}),
    });
  }

  /** The finished model, in ONNX's protobuf encoding, without the nodes that no output needs; with a repetition it is a Loop's body. */
  build(repetition?: Repetition): Uint8Array {
    const parts = {
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: this.#initializers,
    };
    return repetition ? encodeLoop(parts, repetition) : encodeModel(parts);
  }

  #constant(
    key: string,
    shape: readonly number[],
    type: ElementType,
    data: () => Float32Array | BigInt64Array,
  ): Value {
    const known = this.#constants.get(key);
    if (known) return known;
    const values = data();
    const value = { name: `constant_${this.#constants.size}`, shape, type };
    this.#initializers.push({
      name: value.name,
      dims: [...shape],
      dataType: ELEMENT[type],
      rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    });
    this.#constants.set(key, value);
    return value;
  }
}
