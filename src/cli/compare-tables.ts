import Table from 'cli-table3';
import { deviationText, differenceText, intervalText } from '../report/compare/words.js';
import type { Comparison } from '../sweep/compare/compare.js';

/** A comparison for the terminal: accuracies, cost, and the differences in words. */
export function comparisonTables({ groups, differences, metric, places }: Comparison): string {
  const where = places.length > 1;
  const table = new Table({
    head: [
      ...(where ? ['Where'] : []),
      'What',
      `${metric} accuracy`,
      'Deviation',
      '95 % interval',
      'Each seed',
      'Weights',
      'Ticket',
      'Training s',
    ],
    colAligns: [
      ...(where ? ['left' as const] : []),
      'left',
      ...Array.from({ length: 3 }, () => 'right' as const),
      'left',
      ...Array.from({ length: 3 }, () => 'right' as const),
    ],
    style: { head: [], border: [] },
  });
  for (const { place, curve, runs, values, estimate } of groups) {
    const [{ size, ticket }] = runs as [(typeof runs)[number]];
    const seconds = runs.flatMap(({ times }) => (times === undefined ? [] : [times.trainingSeconds]));
    table.push([
      ...(where ? [place.label] : []),
      curve.label,
      `${estimate.mean.toFixed(2)} %`,
      deviationText(estimate),
      intervalText(estimate),
      values.map((value) => value.toFixed(2)).join(', '),
      size?.weights.toLocaleString('en') ?? '',
      ticket === undefined ? '' : `${ticket.bytes.toLocaleString('en')} B`,
      seconds.length === 0 ? '' : Math.round(seconds.reduce((a, b) => a + b, 0) / seconds.length).toString(),
    ]);
  }
  const sentences = differences.map((difference) =>
    [difference.place.label, differenceText(difference)].filter((t) => t !== '').join(': '),
  );
  return [table.toString(), ...sentences].join('\n');
}
