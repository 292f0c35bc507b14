/** A point of a panel with a logarithmic x axis, and its label. */
export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Points whose x differ by at most this factor have labels that may overlap. */
const NEAR = 1.5;

/**
 * Labels above points, so that points close to one another do not write over one another: points with near x, each at most
 * `height` (in units of y) below the next, share one label at the highest of them, a line each from the highest down. The others
 * have none.
 */
export function jointLabels<T extends Labelled>(points: readonly T[], height: number): Map<T, string[]> {
  const labels = new Map<T, string[]>();
  const lowest = new Map<T, T>();
  for (const point of points.toSorted((a, b) => b.y - a.y)) {
    const above = [...labels.keys()].find((top) => {
      const last = lowest.get(top)!;
      return Math.max(top.x / point.x, point.x / top.x) <= NEAR && last.y - point.y <= height;
    });
    if (above === undefined) labels.set(point, [point.text]);
    else labels.get(above)!.push(point.text);
    lowest.set(above ?? point, point);
  }
  return labels;
}
