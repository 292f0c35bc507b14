/**
 * What a rule's formulas are written in. Values `T` are all of one layer's shape, or single numbers that broadcast (what `sum` gives).
 * Float32Arrays (`arrayOps`) and the values of a training graph implement it alike, so a formula is written once.
 */
export interface Ops<T> {
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  /** x times a constant. */
  scale(x: T, factor: number): T;
  /** x plus a constant. */
  offset(x: T, amount: number): T;
  abs(x: T): T;
  /** -1, 0 or 1. */
  sign(x: T): T;
  exp(x: T): T;
  /** 1 / (1 + exp(-x)). */
  sigmoid(x: T): T;
  /** x moved into [low, high]. */
  clamp(x: T, low: number, high: number): T;
  /** 1 where a >= b, else 0. */
  atLeast(a: T, b: T): T;
  /** 1 where x > bound, else 0. */
  above(x: T, bound: number): T;
  /** The sum of all elements, a single number. */
  sum(x: T): T;
  /** How many elements x has. */
  size(x: T): number;
}
