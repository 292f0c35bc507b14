import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jointLabels } from '../../../src/report/compare/labels.js';

test('labels that would overlap stand together, from the highest point down', () => {
  const points = [
    { x: 100, y: 50, text: 'low' },
    { x: 100, y: 80, text: 'second' },
    { x: 120, y: 81, text: 'first' },
    { x: 100, y: 79.5, text: 'third' },
    { x: 1000, y: 80, text: 'elsewhere' },
  ];
  const labels = [...jointLabels(points, 2)].map(([{ text }, lines]) => [text, lines]);
  expect(labels).toEqual([
    ['first', ['first', 'second', 'third']],
    ['elsewhere', ['elsewhere']],
    ['low', ['low']],
  ]);
});

test('every text stands once', () => {
  const point = fc.record({ x: fc.integer({ min: 1, max: 50 }), y: fc.integer({ min: 0, max: 20 }) });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 20 }), (points) => {
      const labelled = points.map((p, i) => ({ ...p, text: `${i}` }));
      const texts = [...jointLabels(labelled, 1).values()].flat();
      expect(texts.sort()).toEqual(labelled.map(({ text }) => text).sort());
    }),
  );
});
