/** What a slider stands at, one after the other, in place of a continuum: round numbers that arrow keys step through. */
export type Steps = readonly number[];

const mantissas = [1, 1.5, 2, 3, 4, 5, 6, 8];

/** Round numbers from low to high, eight in a factor of ten; whole numbers alone where `whole`, all of them up to 10. */
export function roundSteps(low: number, high: number, whole = false): Steps {
  const steps = new Set<number>();
  if (whole) for (let n = low; n <= Math.min(high, 10); n++) steps.add(n);
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const mantissa of mantissas) {
      const value = Number(`${mantissa}e${power}`);
      if (value >= low && value <= high && (!whole || Number.isInteger(value))) steps.add(value);
    }
  return [...steps].sort((a, b) => a - b);
}

/** Where the slider stands for a value: the nearest step, on the scale of the steps. */
export function nearestStep(steps: Steps, value: number): number {
  const scale = steps[0]! > 0 ? Math.log : (x: number) => x;
  let best = 0;
  for (let i = 1; i < steps.length; i++)
    if (Math.abs(scale(steps[i]!) - scale(value)) < Math.abs(scale(steps[best]!) - scale(value))) best = i;
  return best;
}
