import type { Comparison, Difference, Group } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';

/** Everything that a page of compared runs shows, as data: accuracies in percent, differences in percentage points. */
export function comparisonJson(comparison: Comparison, command: string) {
  const { metric, keys, groups, differences } = comparison;
  return {
    about: 'Finished training runs held against each other; accuracies in percent, after the last epoch',
    command,
    metric,
    by: keys.by,
    groups: groups.map(groupJson),
    differences: differences.map(differenceJson),
    runs: groups.flatMap(({ runs }) => runs.map(runJson)),
  };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function groupJson({ curve, place, runs, values, estimate: { mean, deviation, interval } }: Group) {
  return {
    what: curve.label,
    where: place.label,
    seeds: runs.map(({ seed }) => seed),
    values,
    mean,
    deviation: finite(deviation),
    interval: [finite(interval.low), finite(interval.high)],
  };
}

function differenceJson({ of, minus, place, pairs, estimate: { mean, deviation, interval } }: Difference) {
  return {
    of: of.label,
    minus: minus.label,
    where: place.label,
    pairs,
    mean,
    deviation: finite(deviation),
    interval: [finite(interval.low), finite(interval.high)],
  };
}

function runJson({ name, seed, spec, epochs, result, size, times, ticket }: FinishedRun) {
  return {
    name,
    seed,
    data: result.data,
    test: result.test,
    best: result.best,
    steps: result.steps,
    spec,
    size: sizeJson(spec, size),
    ticketBytes: ticket?.bytes,
    // Which of CUDA's devices is for the run's own records: its name may be that of one machine's GPU.
    machines: times?.parts.map((part) => (part.device === undefined ? part : { ...part, device: 'CUDA' })),
    trainingSeconds: times?.trainingSeconds,
    trainAccuracy: epochs.map((epoch) => epoch.train.accuracy),
    validationAccuracy: epochs.map((epoch) => epoch.validation.accuracy),
  };
}

/** What a sparsity fixes is not said twice. */
function sizeJson({ method }: FinishedRun['spec'], size: FinishedRun['size']): FinishedRun['size'] {
  if (size === undefined || method === 'prune') return size;
  const { weights, parameters, multiplyAdds } = size;
  return { weights, parameters, multiplyAdds };
}

/** The runs as comma-separated values, a line a run. */
export function comparisonCsv({ groups, metric }: Comparison): string {
  const head = `run,what,where,seed,${metric} accuracy %,test hits,test images,best epoch,weights,ticket bytes,training s,processor,threads`;
  const lines = groups.flatMap(({ curve, place, runs, values }) =>
    runs.map((run, i) =>
      [
        run.name,
        curve.label,
        place.label,
        run.seed,
        values[i]!,
        run.result.test.hits,
        run.result.test.examples,
        run.result.best.epoch + 1,
        run.size?.weights ?? '',
        run.ticket?.bytes ?? '',
        run.times?.trainingSeconds ?? '',
        run.times?.parts[0]?.cpu ?? '',
        run.times?.parts[0]?.threads ?? '',
      ]
        .map((value) => cell(String(value)))
        .join(','),
    ),
  );
  return `${[head, ...lines].join('\n')}\n`;
}

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
