import { expect, it } from 'vitest';
import { powerText, ticks } from '../../src/explorer/axis.js';
import { controls } from '../../src/explorer/controls.js';
import { DEFAULTS } from '../../src/explorer/state.js';
import { nearestStep, roundSteps } from '../../src/explorer/steps.js';

it('sliders step through round numbers, upward, ends included', () => {
  expect(roundSteps(0.01, 1).slice(0, 5)).toEqual([0.01, 0.015, 0.02, 0.03, 0.04]);
  expect(roundSteps(1, 20, true)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20]);
  for (const { steps } of controls) {
    if (steps === undefined) continue;
    for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan(steps[i - 1]!);
  }
});

it('a slider stands at the step nearest to the number, and at it where it is a step', () => {
  for (const { field, steps } of controls)
    if (steps !== undefined) {
      for (const [k, step] of steps.entries()) expect(nearestStep(steps, step)).toBe(k);
      expect(steps[nearestStep(steps, Number(DEFAULTS[field]))]).toBe(Number(DEFAULTS[field]));
    }
  expect(nearestStep([1, 10, 100], 40)).toBe(2);
  expect(nearestStep([-1, 0, 1], 0.4)).toBe(1);
});

it('an axis has powers of ten, few enough, and 1, 2 and 5 where there are too few', () => {
  expect(ticks([1, 1e6], 10)).toEqual([1, 10, 100, 1000, 1e4, 1e5, 1e6]);
  expect(ticks([1, 1e6], 4)).toEqual([1, 100, 1e4, 1e6]);
  expect(ticks([1e-18, 1], 7)).toEqual([1e-18, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1]);
  expect(ticks([300, 900], 4)).toEqual([500]);
  expect(ticks([1500, 6000], 4)).toEqual([2000, 5000]);
});

it('numbers on an axis are short', () => {
  expect([1, 0.01, 1e-3, 1e-12, 2000, 1e5, 2e11].map(powerText)).toEqual([
    '1',
    '0.01',
    '10⁻³',
    '10⁻¹²',
    '2,000',
    '10⁵',
    '2·10¹¹',
  ]);
});
