import { all, type BigNumber, create, type MathJsInstance } from 'mathjs';

/** mathjs with 120-digit big numbers: alternating sums of probabilities as small as 1e-60 keep 60 digits. */
export const math: MathJsInstance = create(all!, { number: 'BigNumber', precision: 120 });

/** The double's value itself, not the shortest decimal that names it. */
export function big(x: number): BigNumber {
  let exponent = 0;
  while (!Number.isInteger(x) && exponent < 1100) {
    x *= 2;
    exponent++;
  }
  return math.bignumber(BigInt(x)).times(halves(exponent));
}

const known: BigNumber[] = [];

/** 2^-n; a power costs more than all that is done with the number. */
function halves(n: number): BigNumber {
  known[n] ??= math.bignumber(2).pow(-n);
  return known[n]!;
}

export const one = big(1);

/** (1-p)^R. */
export const bigMiss = (p: number, R: number): BigNumber => power(one.minus(big(p)), R);

/** x^n; decimal.js takes exponents above 2^53 through exp and ln. */
export function power(x: BigNumber, n: number | BigNumber): BigNumber {
  return math.pow(x, typeof n === 'number' ? big(n) : n) as BigNumber;
}

/** Failure of one weight on one side: (1 - q(pu) q(pv))^n. */
export function bigWeightFailure(n: number, R: number, pu: number, pv: number): BigNumber {
  const q = (p: number) => one.minus(bigMiss(p, R));
  return power(one.minus(q(pu).times(q(pv))), n);
}

/**
 * Success of a block by inclusion and exclusion over the outputs, with r = (1-pv)^R:
 * sum over subsets S of (-1)^|S| (1 - q(pu)(1 - prod_S r))^n. Another formula than the sum over A that is tested.
 */
export function bigBlockSuccess(n: number, R: number, pu: number, pvs: readonly number[]): BigNumber {
  const hit = one.minus(bigMiss(pu, R));
  const misses = pvs.map((pv) => bigMiss(pv, R));
  let sum = big(0);
  for (let subset = 0; subset < 2 ** pvs.length; subset++) {
    const chosen = misses.filter((_, k) => subset & (1 << k));
    const product = chosen.reduce((a, b) => a.times(b), one);
    const term = power(one.minus(hit.times(one.minus(product))), n);
    sum = chosen.length % 2 === 0 ? sum.plus(term) : sum.minus(term);
  }
  return sum;
}

/** log P(Bin(n, p) = k) from the factors of n!/(k! (n-k)!), for k up to a few thousand. */
export function bigBinomialLogMass(k: number, n: number, p: number): BigNumber {
  let mass = power(big(p), k).times(power(one.minus(big(p)), n - k));
  for (let i = 1; i <= k; i++) mass = mass.times(big(n).minus(i - 1)).div(i);
  return math.log(mass) as BigNumber;
}

/** |a - b| / |b|. */
export function relativeError(a: number, b: number | BigNumber): number {
  const reference = typeof b === 'number' ? big(b) : b;
  if (reference.isZero()) return a === 0 ? 0 : Number.POSITIVE_INFINITY;
  return big(a).minus(reference).div(reference).abs().toNumber();
}
