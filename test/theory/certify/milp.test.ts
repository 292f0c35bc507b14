import highsModule, { type Highs } from 'highs';
import { expect, test } from 'vitest';
import { certify } from '../../../src/theory/certify/certify.js';
import type { Pair } from '../../../src/theory/certify/pair.js';
import { randomPair } from './pairs.js';

// Its types are those of a CommonJS module; the module is ES.
const loadHighs = highsModule as unknown as () => Promise<Highs>;

const term = (factor: number, name: string) =>
  `${factor < 0 ? '-' : '+'} ${Math.abs(factor).toFixed(15)} ${name}`;

/** The largest output of g - f over the cube as a mixed-integer program: a binary number for each ReLU and each sign of an input. */
function program({ layers: [first, second] }: Pair, sense: 'Maximize' | 'Minimize'): string {
  const { inputs: d, outputs: n, target, found, negative } = first!;
  const rows: string[] = [];
  const bounds: string[] = [];
  const binary: string[] = [];
  for (let j = 0; j < d; j++) {
    // x_j = p_j - m_j, one of them 0.
    rows.push(`p${j} - s${j} <= 0`, `m${j} + s${j} <= 1`);
    binary.push(`s${j}`);
  }
  const relu = (name: string, terms: string, most: number) => {
    const [y, a] = [`y${name}`, `a${name}`];
    rows.push(`v${name} ${terms} = 0`, `${y} - v${name} >= 0`);
    rows.push(`${y} - v${name} ${term(most, a)} <= ${most}`, `${y} ${term(-most, a)} <= 0`);
    bounds.push(`v${name} free`);
    binary.push(a);
  };
  const objective: string[] = [];
  for (let r = 0; r < n; r++) {
    const row = Array.from({ length: d }, (_, j) => r * d + j);
    const most = Math.ceil(row.reduce((sum, e) => sum + Math.abs(target[e]!) + Math.abs(found[e]!) + 1, 0));
    const f = row.map((e, j) => `${term(-target[e]!, `p${j}`)} ${term(target[e]!, `m${j}`)}`);
    const g = row.map((e, j) => `${term(-found[e]!, `p${j}`)} ${term(negative!.found[e]!, `m${j}`)}`);
    relu(`f${r}`, f.join(' '), most);
    relu(`g${r}`, g.join(' '), most);
    objective.push(term(second!.found[r]!, `yg${r}`), term(-second!.target[r]!, `yf${r}`));
  }
  return [
    `${sense}\n obj: ${objective.join(' ')}`,
    `Subject To\n${rows.map((row, i) => ` r${i}: ${row}`).join('\n')}`,
    `Bounds\n${bounds.join('\n')}`,
    `Binary\n${binary.join(' ')}`,
    'End',
  ].join('\n');
}

test('branch and bound agrees with the optimum of a mixed-integer program, to the tolerance of its solver', async () => {
  const highs = await loadHighs();
  for (const [seed, [d, n]] of [
    [2, 3],
    [3, 4],
    [2, 6],
    [4, 4],
    [1, 8],
  ].entries()) {
    const pair = randomPair({ widths: [d!, n!, 1], change: 0.3, zeros: 0.1, same: 0.1, seed });
    const ends = (['Maximize', 'Minimize'] as const).map((sense) => {
      const { Status, ObjectiveValue } = highs.solve(program(pair, sense), {
        mip_rel_gap: 0,
        output_flag: false,
      });
      expect(Status).toBe('Optimal');
      return Math.abs(ObjectiveValue);
    });
    const truth = Math.max(...ends);
    const { lower, upper } = await certify(pair, { gap: 1e-4, seconds: 1e6, seed });
    expect(lower).toBeLessThanOrEqual(truth + 1e-5);
    expect(upper).toBeGreaterThanOrEqual(truth - 1e-5);
    expect(upper).toBeLessThanOrEqual(truth * (1 + 2e-4) + 1e-5);
  }
});
