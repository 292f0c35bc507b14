import { beforeAll, describe, expect, it } from 'vitest';
import { compileFormula } from '../../../src/theory/bounds/formula.js';

const known = ['l', 'epsilon', 'd0', 'R'];

describe('compileFormula', () => {
  // mathjs takes its time to load: not the first case's.
  beforeAll(() => void compileFormula('1', []));

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
    ['R > 1 ? d0 : 0', 3],
    ['1 < R < 5 ? 1 : 2', 2],
    ['d0! + combinations(R, 2) + 50% * 2', 28],
    ['log(8, 2) + sqrt(square(d0)) + 7 % d0', 7],
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
    ['sqrt(-1)', 'no real number'],
    ['(-8)^(1/3)', 'no real number'],
    ['[1, 2]', 'no arithmetic of numbers'],
    ['"a"', 'no number'],
    ['true', 'holds true'],
    ['null', 'holds null'],
    ['2i', "unknown name 'i'"],
    ['2 cm', "unknown name 'cm'"],
    ['R > 1', 'true or false'],
    ['(R > 1) + 1', 'for a number'],
    ['R ? 1 : 2', 'for a comparison'],
    ['1; 2', 'no arithmetic of numbers'],
    ['d0 to cm', "the operator 'to'"],
    ["d0'", "the operator '''"],
    ['~R', "the operator '~'"],
    ['logg(2)', "did you mean 'log'"],
    ['constructor(2)', "unknown function 'constructor'"],
    ['import({a: 1})', "unknown function 'import'"],
    ['createUnit("a")', "unknown function 'createUnit'"],
    ['evaluate("1")', "unknown function 'evaluate'"],
    ['parse("1")', "unknown function 'parse'"],
    ['simplify("1")', "unknown function 'simplify'"],
    ['max()', '0 arguments'],
    ['sqrt(1, 2)', '2 arguments'],
    ['d0.constructor', "formula 'd0.constructor'"],
    // What would take for ever, or all memory.
    ['1:1e9', 'no arithmetic of numbers'],
    ['ones(100000, 100000)', "unknown function 'ones'"],
    ['9^9^9^9', 'beyond 10^1000'],
    ['(-9)^9^9^9', 'beyond 10^1000'],
    ['1e-999^1e9', 'beyond 10^-1000'],
    ['mod(1e99999999, 3)', 'beyond 10^1000'],
    ['factorial(1e9)', 'no integer up to 400'],
    ['1e9!', 'no integer up to 400'],
    ['3!!!!!!!', 'no integer up to 400'],
    ['combinations(1e9, 5e8)', 'no integer up to 400'],
    ['exp(1e300)', 'Infinity'],
    ['400!', 'too large for a double'],
    ['+'.repeat(1900).concat('1'), 'more than 200'],
    ['('.repeat(250).concat('1', ')'.repeat(250)), 'more than 200'],
    ['1+'.repeat(900).concat('1'), 'more than 200'],
    ['1+'.repeat(1500).concat('1'), 'more than 2000 characters'],
  ])("refuses '%s'", (text, message) => {
    const attempt = () => compileFormula(text, known).evaluate({ l: 1, epsilon: 0.1, d0: 3, R: 7 });
    const began = performance.now();
    expect(attempt).toThrow(message);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(attempt).toThrow(expect.objectContaining({ name: 'InputError' }));
  });

  it('takes at most a few milliseconds an operation, whatever the numbers', () => {
    const began = performance.now();
    for (const text of ['1'.concat('^1.0001'.repeat(190)), '1e999'.concat('%2.7'.repeat(190))])
      expect(compileFormula(text, []).evaluate({})).toBeLessThan(3);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
