import { beforeAll, describe, expect, it } from 'vitest';
import { failureFigure, failureTable } from '../../../src/report/figures/failure.js';
import { failureMapFigure, failureMapTable } from '../../../src/report/figures/failure-map.js';
import { leastWidthFigure, leastWidthTable } from '../../../src/report/figures/least-width.js';
import { networksFigure, networksTable } from '../../../src/report/figures/networks.js';
import { widthLawFigure, widthLawTable } from '../../../src/report/figures/width-law.js';
import type { Figure } from '../../../src/report/page/section.js';
import { style } from '../../../src/report/page/style.js';
import { computeFigures, type TheoryFigures } from '../../../src/report/theory/compute.js';
import { logIntegers } from '../../../src/report/theory/settings.js';
import { smallReport } from './small-report.js';

let figures: TheoryFigures;
beforeAll(async () => {
  figures = await computeFigures(smallReport, 1);
});

/** P(fail) of one weight, both sides, from first principles (theory.md, section 2). */
function failureOf(n: number, R: number, t: number, w: number): number {
  const pu = t / 4;
  const pv = (Math.min(1, w + t / 2) - Math.max(-1, w - t / 2)) / 2;
  const serves = (1 - (1 - pu) ** R) * (1 - (1 - pv) ** R);
  return 1 - (1 - (1 - serves) ** n) ** 2;
}

describe('failure at the width of Proposition 4.3', () => {
  it('is the closed form at the width 2 ceil(16/(eps^2 R^2) log(2/delta))', () => {
    for (const { delta, weights } of figures.failure)
      for (const { weight, rows } of weights)
        for (const { R, width, failure } of rows) {
          const n = Math.ceil((16 / (0.1 * R) ** 2) * Math.log(2 / delta));
          expect(width).toBe(2 * n);
          expect(failure).toBeCloseTo(failureOf(n, R, 0.1, weight), 9);
        }
  });

  it('holds the golden values: 0.01128 at w=1, R=2 and 0.1947 at w=0.5, R=93', () => {
    const at = (w: number, R: number) =>
      figures.failure[0]!.weights.find(({ weight }) => weight === w)!.rows.find((row) => row.R === R)!
        .failure;
    expect(at(1, 2)).toBeCloseTo(0.011284510422541083, 12);
    expect(at(0.5, 93)).toBeCloseTo(0.1946890412872363, 12);
  });

  it('asks for two neurons from R = 111 at delta = 0.001, where no subnetwork is near enough too often', () => {
    const { rows } = figures.failure[1]!.existence;
    expect(rows[0]!.R).toBe(111);
    expect(rows[0]!.failure).toBeGreaterThan(0.001);
  });
});

describe('least width', () => {
  it('is the least that succeeds, by brute force', () => {
    for (const { weight, tolerance, rows } of figures.leastWidth)
      for (const { R, exact } of rows.filter((row) => row.exact < 4000)) {
        const n = exact / 2;
        expect(failureOf(n, R, tolerance, weight)).toBeLessThanOrEqual(0.01);
        if (n > 1) expect(failureOf(n - 1, R, tolerance, weight)).toBeGreaterThan(0.01);
      }
  });

  it('is never above the corrected count, and above the paper’s somewhere', () => {
    for (const { rows } of figures.leastWidth) {
      for (const row of rows) expect(row.exact).toBeLessThanOrEqual(row.corrected);
      expect(rows.some((row) => row.exact > row.paper)).toBe(true);
    }
  });
});

it('the map repeats the closed form', () => {
  for (const { weight, R, n, failure } of figures.maps)
    for (const [i, neurons] of n.entries())
      for (const [j, r] of R.entries())
        expect(failure[i]![j]).toBeCloseTo(failureOf(neurons, r, 0.1, weight), 9);
});

describe('whole networks', () => {
  it('the corrected theorem’s widths succeed everywhere', () => {
    for (const { curves, simulated } of figures.networks)
      for (const row of [...curves, ...simulated].filter(({ bound }) => bound === 'corrected'))
        expect(row.reached).toBe(true);
  });

  it('Theorem 4.1 fails where its “in particular” begins, with D_i = 2 d_{i-1}', () => {
    const { widths, simulated, threshold } = figures.networks.at(-1)!;
    const row = simulated.find(({ bound, R }) => bound === 'paper' && R === threshold)!;
    expect(row.hidden).toEqual(widths.slice(0, -1).map((d) => 2 * d));
    expect(row.reached).toBe(false);
    expect(row.verdict).toBe('violated');
  });
});

describe('the law of width', () => {
  it('one weight: the paper’s formula, the exact corrected count, and the theorem below both', () => {
    const { tolerance, delta, weight } = figures.law;
    for (const { R, paper, corrected, resampled, counting } of weight.rows) {
      expect(paper).toBe(Math.max(1, Math.ceil((16 / (tolerance * R) ** 2) * Math.log(2 / delta))));
      // |w| = 1, one side: each neuron serves with probability (1 - (1 - t/4)^R)^2.
      const serves = (1 - (1 - tolerance / 4) ** R) ** 2;
      expect((1 - serves) ** corrected).toBeLessThanOrEqual(delta * (1 + 1e-9));
      if (corrected > 1) expect((1 - serves) ** (corrected - 1)).toBeGreaterThan(delta * (1 - 1e-9));
      expect(counting).toBeLessThanOrEqual(resampled);
      if (R <= 20) expect(resampled).toBeLessThan(corrected);
    }
  });

  it('a network: what is necessary is never above what is enough', () => {
    const { rows } = figures.law.network;
    for (const { necessary, corrected, resampled } of rows) {
      expect(necessary).toBeLessThanOrEqual(Math.min(corrected, resampled));
    }
    expect(rows[0]!.resampled).toBeLessThan(rows[0]!.corrected / 1000);
  });
});

it('every interval holds its exact value', () => {
  // Wrong with probability at most alpha = 1e-3 over seeds; the seed is fixed, so it is right or wrong for good.
  for (const { weights, existence } of figures.failure)
    for (const { rows, simulated } of [...weights, existence])
      for (const { R, interval } of simulated) {
        const exact = rows.find((row) => row.R === R)!.failure;
        expect(interval.low).toBeLessThanOrEqual(exact);
        expect(interval.high).toBeGreaterThanOrEqual(exact);
      }
  for (const { rows, simulated } of figures.leastWidth)
    for (const { R, low, high } of simulated) {
      const { exact } = rows.find((row) => row.R === R)!;
      expect(low).toBeLessThanOrEqual(exact);
      expect(high).toBeGreaterThanOrEqual(exact);
    }
  for (const { simulated } of figures.networks)
    for (const { exact, simulated: rate } of simulated) {
      expect(rate.interval.low).toBeLessThanOrEqual(exact.success);
      expect(rate.interval.high).toBeGreaterThanOrEqual(exact.success);
    }
});

it('logIntegers are distinct, increasing, and end where asked', () => {
  const grid = logIntegers(1, 1000, 50);
  expect([grid[0], grid.at(-1)]).toEqual([1, 1000]);
  for (let i = 1; i < grid.length; i++) expect(grid[i]!).toBeGreaterThan(grid[i - 1]!);
});

describe('drawing', () => {
  const shape = ({ panels }: Figure) =>
    panels.map(({ data }) =>
      data.map((trace) => `${trace.type} ${'mode' in trace ? trace.mode : ''}`.trim()),
    );
  const [curve, points] = ['scatter lines', 'scatter markers'];

  it('has the panels and traces of each figure', () => {
    const one = [curve, points];
    expect(shape(failureFigure(figures.failure))).toEqual([
      // The curves of w = 0 and 0.5 are the same: one curve, its estimates together.
      [...one, ...one, ...one],
      [...one, ...one, ...one],
    ]);
    const least = [curve, curve, curve, curve, points];
    expect(shape(leastWidthFigure(figures.leastWidth))).toEqual([least, least]);
    expect(shape(failureMapFigure(figures.maps))).toEqual([['heatmap', curve, curve, curve]]);
    expect(shape(widthLawFigure(figures.law))).toEqual([
      [curve, curve, curve, curve, points],
      [curve, curve, curve, curve],
    ]);
    expect(shape(networksFigure(figures.networks, 0.01))).toEqual([
      [...one, ...one],
      [...one, ...one],
    ]);
  });

  it('draws weights of one curve once, named together, with the estimates of both', () => {
    const { legend, panels } = failureFigure(figures.failure);
    expect(legend[0]!.label.markup).toContain('= 0 and 0.5');
    const [, estimated] = panels[0]!.data as unknown as { x: number[] }[];
    expect(estimated!.x).toEqual([93, 93]);
  });

  it('gives the map a scale: 1 to 1e-6 and below', () => {
    const [map] = failureMapFigure(figures.maps).panels[0]!.data as unknown as {
      z: number[][];
      colorbar: { tickvals: number[]; ticktext: string[] };
    }[];
    expect(Math.min(...map!.z.flat())).toBeGreaterThanOrEqual(-6);
    expect(map!.colorbar.tickvals).toEqual([-0, -2, -4, -6]);
    expect(map!.colorbar.ticktext).toEqual(['1', '10<sup>-2</sup>', '10<sup>-4</sup>', '≤ 10<sup>-6</sup>']);
  });

  it('names only colours that the style sheet has', () => {
    const drawn = [
      failureFigure(figures.failure),
      leastWidthFigure(figures.leastWidth),
      failureMapFigure(figures.maps),
      networksFigure(figures.networks, 0.01),
      widthLawFigure(figures.law),
    ];
    const names = JSON.stringify(drawn).match(/"\$[^"]*"/g)!;
    expect(names.length).toBeGreaterThan(50);
    for (const name of new Set(names)) expect(style).toContain(`--${name.slice(2, -1)}:`);
  });

  it('puts the numbers of the series into the traces, estimates with their intervals', () => {
    const { data } = networksFigure(figures.networks, 0.01).panels[0]!;
    const { simulated, threshold } = figures.networks[0]!;
    const paper = simulated.filter(({ bound }) => bound === 'paper');
    // Failure on a log axis that ends at 1e-4: what lies below is drawn just outside it.
    const shown = (value: number) => Math.max(value, 1e-5);
    expect(data[1]).toMatchObject({
      x: paper.map(({ R }) => R / threshold),
      y: paper.map((row) => shown(1 - row.simulated.rate)),
      customdata: paper.map(({ simulated: { interval } }) => [shown(1 - interval.high), 1 - interval.low]),
    });
    const bars = data[1] as unknown as { y: number[]; error_y: { array: number[]; arrayminus: number[] } };
    for (const [i, row] of paper.entries()) {
      expect(bars.y[i]! + bars.error_y.array[i]!).toBeCloseTo(1 - row.simulated.interval.low, 12);
      expect(bars.y[i]! - bars.error_y.arrayminus[i]!).toBeCloseTo(
        shown(1 - row.simulated.interval.high),
        12,
      );
    }
  });

  it('gives every figure a table with as many cells in a row as heads', () => {
    const { failure, leastWidth, maps, networks, law, alphaEach } = figures;
    for (const { head, rows } of [
      failureTable(failure, alphaEach),
      leastWidthTable(leastWidth, alphaEach),
      failureMapTable(maps),
      networksTable(networks, 0.01, alphaEach),
      widthLawTable(law),
    ]) {
      expect(rows.length).toBeGreaterThan(1);
      for (const row of rows) expect(row.length).toBe(head.length);
    }
  });
});
