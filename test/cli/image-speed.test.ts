import { expect, test } from 'vitest';
import { ImageSpeed } from '../../src/cli/image-speed.js';

test('steps that end one by one: the mean of about twenty, without the first, which builds the graph', () => {
  const speed = new ImageSpeed();
  speed.restart(1000);
  speed.step(128, 9000);
  speed.taken();
  expect(speed.imagesPerSecond).toBeNaN();
  for (let i = 1; i <= 200; i++) {
    speed.step(128, 9000 + 100 * i);
    speed.taken();
    expect(speed.imagesPerSecond).toBeCloseTo(1280, 9);
  }
  // A single slow step moves it by a twentieth of the way.
  speed.step(128, 29_000 + 1000);
  speed.taken();
  expect(speed.imagesPerSecond).toBeCloseTo(1280 - (1280 - 128) / 20, 9);
});

test('steps that end together: what they took, as a whole', () => {
  const speed = new ImageSpeed();
  speed.restart(0);
  let now = 0;
  for (let chunk = 0; chunk < 40; chunk++) {
    now += 1600;
    // All are told of within a millisecond.
    for (let i = 0; i < 16; i++) speed.step(128, now + i / 16);
    speed.taken();
  }
  expect(Math.abs(speed.imagesPerSecond / 1280 - 1)).toBeLessThan(0.002);
});

test('what lies between does not count: an epoch’s validation, a call without a step', () => {
  const speed = new ImageSpeed();
  speed.restart(0);
  speed.step(10, 100);
  speed.taken();
  speed.step(10, 200);
  speed.taken();
  speed.taken();
  speed.restart(60_000);
  speed.step(10, 60_100);
  speed.taken();
  expect(speed.imagesPerSecond).toBeCloseTo(100, 9);
});
