/** A convolution, padded by (kernel - 1) / 2. */
export interface ConvSizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
}

/**
 * 270 convolutions whose channels fit a shader's groups of four in every way. onnxruntime's WebGPU provider got 84 of them wrong in its
 * default layout (1.29 and 1.30).
 */
export const CONV_SHAPES: readonly ConvSizes[] = (
  [
    [3, 1],
    [3, 2],
    [1, 2],
  ] as const
).flatMap(([kernel, stride]) =>
  [3, 4, 5, 6, 8, 9, 12, 15, 16, 18, 24, 30, 33, 48, 51].flatMap((inputs) =>
    [4, 6, 8, 10, 12, 16].map((outputs) => ({ inputs, outputs, kernel, stride })),
  ),
);
