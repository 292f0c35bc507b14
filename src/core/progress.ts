/** Called as long work goes on: `done` of `total` units (trials, samples, steps). */
export type Progress = (done: number, total: number) => void;
