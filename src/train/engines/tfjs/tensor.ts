/** What is used of a tensor of TensorFlow.js. Written down here, so that the package need not be there to compile. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly size: number;
  readonly dataId: object;
  data(): Promise<ArrayLike<number>>;
  dataSync(): ArrayLike<number>;
  dispose(): void;
}

/** A tensor, or a number in place of a scalar. */
type Operand = Tensor | number;
type Windowed = number | 'valid';

/** What is used of TensorFlow.js. Activations lie as [batch, height, width, channels], filters as [height, width, in, out]. */
export interface Tf {
  readonly version_core?: string;
  tensor(values: ArrayLike<number>, shape: readonly number[], type: 'float32' | 'int32'): Tensor;
  scalar(value: number, type: 'float32'): Tensor;
  tidy<T>(work: () => T): T;
  keep(x: Tensor): Tensor;
  dispose(tensors: readonly Tensor[]): void;
  add(a: Operand, b: Operand): Tensor;
  sub(a: Operand, b: Operand): Tensor;
  mul(a: Operand, b: Operand): Tensor;
  div(a: Operand, b: Operand): Tensor;
  minimum(a: Operand, b: Operand): Tensor;
  abs(x: Tensor): Tensor;
  sign(x: Tensor): Tensor;
  exp(x: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  /** 1 where x > 0, else 0. */
  step(x: Tensor): Tensor;
  rsqrt(x: Tensor): Tensor;
  clipByValue(x: Tensor, low: number, high: number): Tensor;
  greater(a: Operand, b: Operand): Tensor;
  greaterEqual(a: Operand, b: Operand): Tensor;
  isFinite(x: Tensor): Tensor;
  cast(x: Tensor, type: 'float32'): Tensor;
  sum(x: Tensor, axes?: readonly number[]): Tensor;
  mean(x: Tensor, axes?: readonly number[]): Tensor;
  max(x: Tensor): Tensor;
  min(x: Tensor): Tensor;
  softmax(x: Tensor): Tensor;
  oneHot(indices: Tensor, depth: number): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  transpose(x: Tensor, permutation: readonly number[]): Tensor;
  reverse(x: Tensor, axes: readonly number[]): Tensor;
  pad(x: Tensor, amounts: readonly (readonly [number, number])[], value?: number): Tensor;
  slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor;
  concat(parts: readonly Tensor[], axis: number): Tensor;
  stack(parts: readonly Tensor[]): Tensor;
  tile(x: Tensor, times: readonly number[]): Tensor;
  topk(x: Tensor, k: number): { readonly values: Tensor; readonly indices: Tensor };
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  conv2d(
    x: Tensor,
    filter: Tensor,
    stride: number,
    pad: Windowed,
    layout?: 'NHWC',
    dilation?: readonly [number, number],
  ): Tensor;
  /** Each channel by itself, filter [height, width, channels, 1]. */
  depthwiseConv2d(x: Tensor, filter: Tensor, stride: number, pad: Windowed): Tensor;
  maxPool(x: Tensor, kernel: number, stride: number, pad: 'valid'): Tensor;
  engine(): {
    runKernel(name: string, inputs: Readonly<Record<string, Tensor>>, attributes: object): Tensor;
  };
  getBackend(): string;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  backend(): unknown;
  findBackendFactory(name: string): (() => unknown) | null;
  registerBackend(name: string, factory: () => unknown): boolean;
  removeBackend(name: string): void;
  memory(): { readonly numTensors: number; readonly numBytes: number };
}
