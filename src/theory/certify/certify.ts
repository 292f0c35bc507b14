import { setImmediate } from 'node:timers/promises';
import { InputError, requireInteger } from '../../core/errors.js';
import { availableMemory } from '../../core/host.js';
import type { Progress } from '../../core/progress.js';
import { requireSeed } from '../../core/rng.js';
import { ascentSteps, type Peak } from './ascent.js';
import { ballSteps } from './balls.js';
import { unitBasis } from './basis.js';
import { branchSteps } from './branch.js';
import { enumerateSteps } from './one-layer.js';
import { isSame, type Pair } from './pair.js';
import { certifiedErrorAt, errorAt } from './point.js';
import { outputSteps, prepareSteps } from './prepare.js';
import { cube } from './ranges.js';
import { down, up } from './rounding.js';
import { differential, interval, spectralOver } from './upper.js';

/** What {@link certify} may spend, and what it is asked for. */
export interface CertifyOptions {
  /** Stop once (upper - lower)/upper is at most this, in [0, 1). */
  readonly gap: number;
  /** Stop after about so many seconds; Infinity for none. */
  readonly seconds: number;
  /** Stop after so many boxes of branch and bound. */
  readonly nodes?: number;
  readonly seed: number;
  /** Starts of the ascent. */
  readonly starts?: number;
  /** What the proof promises for this pair, if it promises anything. */
  readonly proof?: number;
  /** How far g may be, anywhere in the cube, from the network of doubles in the pair; both ends are moved by it. */
  readonly rounding?: number;
  /** Stop when it is aborted. */
  readonly signal?: AbortSignal;
  /** Seconds gone, of all; called now and then. */
  readonly progress?: Progress;
}

/** Who reached an upper bound. */
export type UpperName =
  | 'proof'
  | 'interval'
  | 'differential'
  | 'spectral'
  | 'linear'
  | 'branch and bound'
  | 'enumeration'
  | 'same network';

/** A certified bracket of sup ||g(x) - f(x)||_2 over the cube. */
export interface Bracket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerBy: Peak['by'] | 'enumeration';
  readonly upperBy: UpperName;
  /** The point where `lower` is reached. */
  readonly witness: Float64Array;
  /** (upper - lower)/upper; 0 where both are 0. */
  readonly gap: number;
  /** Each method's bound over the whole cube, as far as it was tried. */
  readonly uppers: readonly { readonly name: UpperName; readonly bound: number }[];
  /** Boxes of branch and bound. */
  readonly nodes: number;
  readonly stopped: 'exact' | 'gap' | 'time' | 'nodes' | 'memory' | 'signal';
  readonly seconds: number;
}

/** Enumeration of one layer is promised to end up to here. */
export const MOST_ENUMERATED = 20;

/** Milliseconds of work between two looks at the clock and at signals. */
const TURN = 50;

/**
 * Brackets sup ||g - f||_2 over [-1, 1]^{d_0}: lower bounds at points found by ascent and on the way, upper bounds by the
 * proof, intervals, spectral norms, linear relaxation and branch and bound; one layer of at most 20 inputs exactly. Both ends are certified,
 * with rounding outward, and what was reached stands whenever it stops (docs/theory.md, section 9).
 *
 * The same pair, seed and limits give the same bracket as long as neither the clock nor a signal stops it.
 *
 * @throws InputError on an option out of its range
 */
export async function certify(pair: Pair, options: CertifyOptions): Promise<Bracket> {
  requireOptions(options);
  const search = new Search(pair, options);
  if (options.proof !== undefined) search.lowerUpper('proof', options.proof);
  if (isSame(pair)) search.lowerUpper('same network', 0);
  else await search.run();
  return search.bracket();
}

function requireOptions({ gap, seconds, nodes = 0, seed, starts = 1 }: CertifyOptions): void {
  if (!(gap >= 0 && gap < 1))
    throw new InputError(`gap ${gap}`, 'must lie in [0, 1)', 'pass a relative gap such as 0.01');
  if (!(seconds > 0)) throw new InputError(`seconds ${seconds}`, 'must be above 0', 'pass such as 10');
  requireInteger('nodes', nodes, 0, Number.MAX_SAFE_INTEGER);
  requireInteger('starts', starts, 1, 1e6);
  requireSeed(seed);
}

/** By then, as a share of the time, ascent and the ranges of single neurons make way for what follows. */
const ASCENT_ENDS = 0.4;
const RANGES_END = 0.8;

class Search {
  readonly #pair: Pair;
  readonly #options: CertifyOptions;
  readonly #began = performance.now();
  #peak: Peak;
  #lower = 0;
  #lowerBy: Bracket['lowerBy'] = 'vertices';
  #witness: Float64Array;
  #uppers: { name: UpperName; bound: number }[] = [];
  #nodes = 0;
  #stopped: Bracket['stopped'] | undefined;

  constructor(pair: Pair, options: CertifyOptions) {
    this.#pair = pair;
    this.#options = options;
    this.#witness = new Float64Array(pair.widths[0]!);
    this.#peak = { x: this.#witness, value: 0, by: 'vertices' };
  }

  get #rounding(): number {
    return this.#options.rounding ?? 0;
  }

  get #upper(): number {
    return Math.min(...this.#uppers.map(({ bound }) => bound));
  }

  /** Takes an upper bound into account. */
  lowerUpper(name: UpperName, bound: number): void {
    const moved = name === 'proof' || this.#rounding === 0 ? bound : up(bound + this.#rounding);
    const known = this.#uppers.find((upper) => upper.name === name);
    if (known === undefined) this.#uppers.push({ name, bound: moved });
    else known.bound = Math.min(known.bound, moved);
  }

  /** Takes a point into account, if it may be better. */
  #raiseLower(peak: Peak, by: Bracket['lowerBy'] = peak.by): void {
    if (peak.value > this.#peak.value) this.#peak = peak;
    if (!(peak.value > this.#lower)) return;
    const certified = certifiedErrorAt(this.#pair, peak.x);
    const value = this.#rounding === 0 ? certified : down(certified - this.#rounding);
    if (value > this.#lower) [this.#lower, this.#lowerBy, this.#witness] = [value, by, peak.x];
  }

  async run(): Promise<void> {
    const { widths } = this.#pair;
    const box = cube(widths[0]!);
    const { seed, starts = 24, seconds } = this.#options;
    for (const { name, bound } of [interval, differential])
      this.lowerUpper(name as UpperName, bound(this.#pair, box));
    const balls = await this.#drive(ballSteps(this.#pair));
    if (balls === undefined) return;
    this.lowerUpper('spectral', spectralOver(balls, box));
    const before = (share: number) => () => performance.now() < this.#began + 1000 * seconds * share;
    await this.#drive(ascentSteps(this.#pair, box, seed, starts, before(ASCENT_ENDS)), (peak) =>
      this.#raiseLower(peak),
    );
    if (this.#stopped !== undefined) return;
    if (widths.length === 2 && widths[0]! <= MOST_ENUMERATED) return this.#enumerate();
    const prepared = await this.#drive(prepareSteps(this.#pair, balls, box, before(RANGES_END)));
    if (prepared === undefined) return;
    const linear = await this.#drive(outputSteps(this.#pair, prepared, unitBasis(widths.at(-1)!)));
    if (linear === undefined) return;
    this.lowerUpper('linear', linear.value);
    if (this.#enough()) return;
    const most = Math.min(2 ** 31, availableMemory() / 2) / (16 * widths[0]! + 256);
    await this.#drive(branchSteps(this.#pair, balls, box, this.#upper, this.#peak), (state) => {
      this.#nodes = state.nodes;
      this.lowerUpper('branch and bound', state.upper);
      this.#raiseLower(state.peak);
      if (!state.nearly && state.nodes >= (this.#options.nodes ?? Number.POSITIVE_INFINITY))
        this.#stopped ??= 'nodes';
      if (state.open >= most) this.#stopped ??= 'memory';
      this.#enough();
    });
  }

  async #enumerate(): Promise<void> {
    const maximum = await this.#drive(enumerateSteps(this.#pair));
    if (maximum === undefined) return;
    this.lowerUpper('enumeration', maximum.upper);
    this.#raiseLower({ x: maximum.x, value: errorAt(this.#pair, maximum.x), by: 'vertices' }, 'enumeration');
    this.#stopped ??= 'exact';
  }

  /** Whether the bracket is as tight as asked. */
  #enough(): boolean {
    if (this.#gap <= this.#options.gap) this.#stopped ??= 'gap';
    return this.#stopped === 'gap';
  }

  get #gap(): number {
    const upper = this.#upper;
    return upper > 0 ? Math.max(0, upper - this.#lower) / upper : 0;
  }

  /**
   * Takes steps until the end, or until something stops the search: then undefined. Time, signals and progress get their turn in
   * between.
   */
  async #drive<Y, T>(steps: Generator<Y, T>, each?: (value: Y) => void): Promise<T | undefined> {
    const { seconds, signal, progress } = this.#options;
    let turn = performance.now();
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      each?.(value);
      const now = performance.now();
      if (now - turn > TURN) {
        turn = now;
        const gone = (now - this.#began) / 1000;
        progress?.(Math.min(gone, seconds), seconds);
        await setImmediate();
        if (signal?.aborted) this.#stopped ??= 'signal';
        if (gone >= seconds) this.#stopped ??= 'time';
      }
      if (this.#stopped !== undefined) return undefined;
    }
  }

  bracket(): Bracket {
    const upper = this.#upper;
    if (!(this.#lower <= upper))
      throw new Error(`certify: ${this.#lower} below and ${upper} above contradict each other`);
    const by = this.#uppers.find(({ bound }) => bound === upper)!.name;
    return {
      lower: this.#lower,
      upper,
      lowerBy: this.#lowerBy,
      upperBy: by,
      witness: this.#witness,
      gap: this.#gap,
      uppers: this.#uppers,
      nodes: this.#nodes,
      stopped: this.#stopped ?? 'exact',
      seconds: (performance.now() - this.#began) / 1000,
    };
  }
}
