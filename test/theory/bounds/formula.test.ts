import { describe, expect, it } from 'vitest';
import { compileFormula } from '../../../src/theory/bounds/formula.js';

const known = ['l', 'epsilon', 'd0', 'R'];

describe('compileFormula', () => {
  it.each([
    ['d0^2 * 2', 18],
    ['2 d0', 6],
    ['log(e)', 1],
    ['ceil(1/epsilon)', 10],
    // Without a sign a product binds tighter than a quotient.
    ['d0/R l * 7', 3],
    ['42/d0 R', 2],
    ['42/d0 * R', 98],
    ['max(d0, R) + pi - pi', 7],
  ])('%s = %d', (text, value) => {
    expect(compileFormula(text, known).evaluate({ l: 1, epsilon: 0.1, d0: 3, R: 7 })).toBe(value);
  });

  it('rounds up by 64 digits: 0.1 + 0.2 is 0.3', () => {
    // In doubles 10 * (0.1 + 0.2) is 3.0000000000000004.
    expect(compileFormula('10 (epsilon + 0.2)', known).ceil({ epsilon: 0.1 })).toBe(3);
    expect(compileFormula('10 (epsilon + 0.2) + 1e-40', known).ceil({ epsilon: 0.1 })).toBe(4);
  });

  it.each([
    ['2 * * 3', 'syntax'],
    ['', "formula ''"],
    ['epsilonn', "did you mean 'epsilon'"],
    ['x + 1', "unknown name 'x'"],
    ['a = 3', 'assigns'],
    ['f(x) = x', 'assigns'],
    ['foo(2)', 'foo'],
    ['1/0', 'Infinity'],
    ['sqrt(-1)', 'finite'],
    ['[1, 2]', 'finite'],
    ['"a"', 'finite'],
    ['d0.constructor', "formula 'd0.constructor'"],
  ])("refuses '%s'", (text, message) => {
    const attempt = () => compileFormula(text, known).evaluate({ l: 1, epsilon: 0.1, d0: 3, R: 7 });
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ name: 'InputError' }));
  });
});
