/** One block under re-sampling, as the recursion of docs/theory-width.md, section 5, sees it. */
export interface Game {
  /** R, samples of every v. */
  readonly resamplings: number;
  /** c: v, scaled, has at least this density on [-1, 1]; 1/2 for U[-1,1], at most that. */
  readonly density: number;
  /** The u that a neuron uses. */
  readonly law: Law;
  /** The same with fewer nodes: used for sets so small that g is near its largest. */
  readonly coarse: Law;
  /** The largest tolerance t among the weights, at most 1/3. */
  readonly tolerance: number;
}

/**
 * The law of u, moved to nodes: a function of u that is nonincreasing and, between two nodes, at most linear in 1/u, has a mean of at most the
 * weighted sum of its values.
 */
export interface Law {
  /** From 1 downwards; u below the last node counts as unused. */
  readonly nodes: readonly number[];
  /** Of each node. */
  readonly weights: readonly number[];
  /** P(u between a node and the next). */
  readonly masses: readonly number[];
  /** P(u <= the last node). */
  readonly unused: number;
}

/**
 * The largest of R samples from U[-1,1]. In a cell the mean of 1/u is bounded by the trapezoid rule on parts of the cell: 1/u is convex, and the density
 * does not fall.
 */
export function uniformLaw(R: number, nodes: readonly number[]): Law {
  const PARTS = 64;
  const below = (u: number) => ((1 + u) / 2) ** R;
  const weights = nodes.map(() => 0);
  const masses: number[] = [];
  for (let i = 0; i + 1 < nodes.length; i++) {
    const [high, low] = [nodes[i]!, nodes[i + 1]!];
    const mass = below(high) - below(low);
    let inverse = 0;
    for (let k = 0; k < PARTS; k++) {
      const [a, b] = [low + ((high - low) * k) / PARTS, low + ((high - low) * (k + 1)) / PARTS];
      inverse += (below(b) - below(a)) * ((1 / a + 1 / b) / 2);
    }
    // The share of the lower node, at which more fails; rounded up.
    const worse = Math.min(mass, (inverse - mass / high) / (1 / low - 1 / high) + 1e-12 * mass);
    weights[i + 1]! += worse;
    weights[i]! += mass - worse;
    masses.push(mass);
  }
  return { nodes, weights, masses, unused: below(nodes.at(-1)!) };
}

/** Nodes for {@link uniformLaw}: close where the mass is, and `whole`/2, at which the recursion has a kink, among them. */
export function uniformNodes(R: number, whole: number): number[] {
  const middle = whole / 2;
  const nodes: number[] = [];
  for (let u = 1; u > 0.1; u -= Math.min(R === 1 ? 1 / 40 : 1 / 24, 0.3 / R + 0.08 * (1 - u))) nodes.push(u);
  const nearest = nodes.reduce((a, b) => (Math.abs(a - middle) < Math.abs(b - middle) ? a : b));
  const kept = nodes.map((u) => (u === nearest ? middle : u));
  return [...kept, 0.07, 0.04, 0.02].filter((u) => below(R, u) > 1e-13);
}

/** As {@link uniformNodes}, for small sets. */
export function coarseNodes(R: number): number[] {
  return [1, 0.7, 0.45, 0.25, 0.12, 0.06, 0.02].filter((u) => below(R, u) > 1e-13);
}

function below(R: number, u: number): number {
  return ((1 + u) / 2) ** R;
}
