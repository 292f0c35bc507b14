import type { ConvLayer } from '../../networks/description.js';
import type { Tensor, Tf } from './tensor.js';

/** What a convolution needs to know of its layer. */
export type Window = Pick<ConvLayer, 'kernel' | 'stride' | 'padding'>;

/** A convolution and its gradients. x [n, H, W, in], w [k, k, in, out], dy [n, H', W', out]. */
export interface Convolution {
  forward(x: Tensor, w: Tensor, window: Window): Tensor;
  /** dL/dw. */
  filterGradient(x: Tensor, dy: Tensor, window: Window): Tensor;
  /** dL/dx. @param shape of x */
  inputGradient(dy: Tensor, w: Tensor, window: Window, shape: readonly number[]): Tensor;
}

const windowed = (padding: number) => (padding === 0 ? 'valid' : padding);

/**
 * Both gradients as convolutions, for backends whose own gradient kernels are missing or slow. The filter's: of x, its channels as the
 * batch, with dy as a filter as large as the image, spread by the stride. The input's: of dy, with zeros between its values where
 * the stride is not 1, and the filter turned round.
 */
export function swappedConvolution(tf: Tf): Convolution {
  return {
    forward: (x, w, { stride, padding }) => tf.conv2d(x, w, stride, windowed(padding)),
    filterGradient(x, dy, { kernel, stride, padding }) {
      const images = tf.transpose(x, [3, 1, 2, 0]);
      const filter = tf.transpose(dy, [1, 2, 0, 3]);
      // With padding of its own, the wasm backend computes a filter that is no square wrong, and writes beyond its memory (4.22).
      const square = x.shape[1] === x.shape[2];
      const made = tf.conv2d(
        square ? images : framed(framed(images, 1, padding, padding), 2, padding, padding),
        filter,
        1,
        square ? windowed(padding) : 'valid',
        'NHWC',
        [stride, stride],
      );
      // A stride that leaves rows over makes more than the filter has.
      const [inputs, height, width, outputs] = made.shape as [number, number, number, number];
      const whole = height === kernel && width === kernel;
      const cut = whole ? made : tf.slice(made, [0, 0, 0, 0], [inputs, kernel, kernel, outputs]);
      return tf.transpose(cut, [1, 2, 0, 3]);
    },
    inputGradient(dy, w, { kernel, stride, padding }, shape) {
      const turned = tf.transpose(tf.reverse(w, [0, 1]), [0, 1, 3, 2]);
      const before = kernel - 1 - padding;
      const spread = stride === 1 ? dy : withZeros(tf, dy, stride);
      const after = [1, 2].map((axis) => shape[axis]! + padding - spread.shape[axis]!);
      if (before >= 0 && after.every((a) => a === before))
        return tf.conv2d(spread, turned, 1, windowed(before));
      return tf.conv2d(
        framed(framed(spread, 1, before, after[0]!), 2, before, after[1]!),
        turned,
        1,
        'valid',
      );
    },
  };

  /** Zeros before and after along an axis; a negative number takes so much away. */
  function framed(x: Tensor, axis: number, before: number, after: number): Tensor {
    const amounts = x.shape.map((_, i): [number, number] =>
      i === axis ? [Math.max(before, 0), Math.max(after, 0)] : [0, 0],
    );
    const padded = before > 0 || after > 0 ? tf.pad(x, amounts) : x;
    if (before >= 0 && after >= 0) return padded;
    const begin = padded.shape.map((_, i) => (i === axis ? Math.max(-before, 0) : 0));
    const size = padded.shape.map((n, i) =>
      i === axis ? n - Math.max(-before, 0) - Math.max(-after, 0) : n,
    );
    return tf.slice(padded, begin, size);
  }
}

/** [n, H, W, C] to [n, H s, W s, C], the values s apart and zeros between them. */
function withZeros(tf: Tf, x: Tensor, stride: number): Tensor {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const after = [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ] as const;
  const rows = tf.pad(tf.reshape(x, [n * height, 1, width * channels]), after);
  const places = tf.pad(tf.reshape(rows, [n * height * stride * width, 1, channels]), after);
  return tf.reshape(places, [n, height * stride, width * stride, channels]);
}

/** The backend's own gradient kernels. They take no padding of their own, so that zeros are put round the image first. */
export function nativeConvolution(tf: Tf): Convolution {
  const frame = (x: Tensor, padding: number) =>
    padding === 0
      ? x
      : tf.pad(x, [
          [0, 0],
          [padding, padding],
          [padding, padding],
          [0, 0],
        ]);
  const attributes = (stride: number) => ({
    strides: [stride, stride],
    pad: 'valid',
    dataFormat: 'NHWC',
    dimRoundingMode: undefined,
  });
  return {
    forward: (x, w, { stride, padding }) => tf.conv2d(frame(x, padding), w, stride, 'valid'),
    filterGradient: (x, dy, { kernel, stride, padding }) =>
      tf.engine().runKernel(
        'Conv2DBackpropFilter',
        { x: frame(x, padding), dy },
        {
          ...attributes(stride),
          filterShape: [kernel, kernel, x.shape[3]!, dy.shape[3]!],
        },
      ),
    inputGradient(dy, w, { stride, padding }, shape) {
      const [n, height, width, channels] = shape as [number, number, number, number];
      const inputShape = [n, height + 2 * padding, width + 2 * padding, channels];
      const dx = tf
        .engine()
        .runKernel('Conv2DBackpropInput', { dy, filter: w }, { ...attributes(stride), inputShape });
      return padding === 0 ? dx : tf.slice(dx, [0, padding, padding, 0], shape);
    },
  };
}
