import type { Stream } from '../../core/rng.js';

/** The crop of torchvision's RandomResizedCrop: shares of the area and aspect ratios it draws from. */
export const cropLaw = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] } as const;

/** Numbers per image in a table of crops: top, left, height, width, flip (0 or 1). */
export const cropFields = 5;

/**
 * Draws one image's augmentation as torchvision's RandomResizedCrop (ten tries of area and log-uniform aspect
 * ratio, then the largest centred crop of an allowed ratio) followed by RandomHorizontalFlip(0.5).
 *
 * @param draws the image's stream; the number of draws taken depends on the rejected tries
 * @param height height in pixels of the image to crop, padding included
 * @param width its width
 * @param out receives top, left, height, width, flip at `at`
 */
export function drawCrop(draws: Stream, height: number, width: number, out: Int32Array, at: number): void {
  const area = height * width;
  const [low, high] = cropLaw.scale;
  const logLow = Math.log(cropLaw.ratio[0]);
  const logHigh = Math.log(cropLaw.ratio[1]);
  for (let attempt = 0; attempt < 10; attempt++) {
    const target = area * (low + (high - low) * draws.uniform());
    const aspect = Math.exp(logLow + (logHigh - logLow) * draws.uniform());
    const w = roundHalfEven(Math.sqrt(target * aspect));
    const h = roundHalfEven(Math.sqrt(target / aspect));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      out[at] = Math.floor(draws.uniform() * (height - h + 1));
      out[at + 1] = Math.floor(draws.uniform() * (width - w + 1));
      out[at + 2] = h;
      out[at + 3] = w;
      out[at + 4] = draws.uniform() < 0.5 ? 1 : 0;
      return;
    }
  }
  centredCrop(height, width, out, at);
  out[at + 4] = draws.uniform() < 0.5 ? 1 : 0;
}

/** The fallback of RandomResizedCrop: the whole image, cut to the nearest allowed aspect ratio, centred. */
export function centredCrop(height: number, width: number, out: Int32Array, at: number): void {
  const ratio = width / height;
  let w = width;
  let h = height;
  if (ratio < cropLaw.ratio[0]) h = roundHalfEven(w / cropLaw.ratio[0]);
  else if (ratio > cropLaw.ratio[1]) w = roundHalfEven(h * cropLaw.ratio[1]);
  out[at] = Math.floor((height - h) / 2);
  out[at + 1] = Math.floor((width - w) / 2);
  out[at + 2] = h;
  out[at + 3] = w;
}

/** Python's round: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}
