/** The windows of a pool over the images x [n, H, W, C]. */
export interface Pool {
  readonly shape: readonly number[];
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/**
 * dL/dx of max pooling, [n, H, W, C], in plain loops: each window gives its dy to the first of its largest values. No window lies
 * in the padding alone.
 *
 * @param dy [n, H', W', C]
 */
export function maxPoolGradient(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  { shape, kernel, stride, padding }: Pool,
): Float32Array {
  const [n, height, width, channels] = shape as [number, number, number, number];
  const rows = Math.floor((height + 2 * padding - kernel) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - kernel) / stride) + 1;
  const dx = new Float32Array(n * height * width * channels);
  let from = 0;
  for (let image = 0; image < n; image++)
    for (let row = 0; row < rows; row++) {
      const [top, bottom] = within(row * stride - padding, kernel, height);
      for (let column = 0; column < columns; column++) {
        const [left, right] = within(column * stride - padding, kernel, width);
        for (let channel = 0; channel < channels; channel++, from++) {
          let best = ((image * height + top) * width + left) * channels + channel;
          let largest = x[best]!;
          for (let i = top; i < bottom; i++) {
            let at = ((image * height + i) * width + left) * channels + channel;
            for (let j = left; j < right; j++, at += channels)
              if (x[at]! > largest) {
                largest = x[at]!;
                best = at;
              }
          }
          dx[best]! += dy[from]!;
        }
      }
    }
  return dx;
}

/** The part of [start, start + length) that lies in [0, size). */
const within = (start: number, length: number, size: number): [number, number] => [
  Math.max(start, 0),
  Math.min(start + length, size),
];
