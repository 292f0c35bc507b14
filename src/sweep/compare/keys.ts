import { canonical } from '../../runs/canonical.js';
import { PIXELS } from '../../train/data/dataset.js';
import { BIASES } from '../../train/networks/index.js';
import { PRUNING_KEYS } from '../../train/spec/pruning.js';
import { specNetworkName, TRAIN_SPEC_KEYS, type TrainSpec } from '../../train/spec/spec.js';
import type { FinishedRun } from './run.js';

/** A setting that runs may differ in. */
export type SpecKey = keyof TrainSpec;

/** Where a run stands in a figure, and not what is compared there. */
const PLACES: readonly SpecKey[] = ['network', 'width', 'data', 'imageSize'];

/** Every key of a training spec, in the order in which settings are named: what says how is pruned goes before what follows from it. */
export const SPEC_KEYS: readonly SpecKey[] = [
  ...new Set([...PLACES, 'method', ...PRUNING_KEYS, ...TRAIN_SPEC_KEYS] as SpecKey[]),
];

/** What runs are compared by, and where. */
export interface ComparedKeys {
  /** Runs with the same values of these are one curve. */
  readonly by: readonly SpecKey[];
  /** Settings that differ within a curve: only runs that agree in them are held against each other. */
  readonly places: readonly SpecKey[];
}

/**
 * What runs are compared by where it is not said: the settings that differ, but those that say where a run stands (network, width,
 * data) and those that follow from another (a method has its own learning rate).
 */
export function comparedKeys(runs: readonly FinishedRun[], given?: readonly SpecKey[]): ComparedKeys {
  const varying = SPEC_KEYS.filter((key) => new Set(runs.map((run) => valueText(run, key))).size > 1);
  const by = given ?? leading(runs, varying);
  const left = varying.filter((key) => !by.includes(key) && !follows(runs, by, key));
  return { by, places: left };
}

/** The first of the varying settings that the others follow from; the method alone if nothing varies. */
function leading(runs: readonly FinishedRun[], varying: readonly SpecKey[]): SpecKey[] {
  const chosen: SpecKey[] = [];
  for (const key of varying)
    if (!PLACES.includes(key) && !follows(runs, [...chosen, ...PLACES], key)) chosen.push(key);
  return chosen.length === 0 ? ['method'] : chosen;
}

/** Whether runs that agree in `by` agree in `key`. */
function follows(runs: readonly FinishedRun[], by: readonly SpecKey[], key: SpecKey): boolean {
  const seen = new Map<string, string>();
  return runs.every((run) => {
    const at = by.map((k) => valueText(run, k)).join('\n');
    const value = valueText(run, key);
    const before = seen.get(at) ?? value;
    seen.set(at, before);
    return before === value;
  });
}

/** A run's value of a setting as text, equal for equal values; a setting that a method has not is empty. */
export function valueText({ spec }: Pick<FinishedRun, 'spec'>, key: SpecKey): string {
  const value = spec[key] ?? leftOut(spec, key);
  return value === undefined ? '' : typeof value === 'string' ? value : canonical(value);
}

/** What a setting is where its default is left out. */
function leftOut({ method }: TrainSpec, key: SpecKey): string | undefined {
  if (key === 'pixels') return PIXELS[0];
  return key === 'biases' && method === 'sgd' ? BIASES[0] : undefined;
}

/** How people call a method. */
const METHOD_NAMES = {
  sgd: 'SGD',
  'edge-popup': 'edge-popup',
  iterand: 'IteRand',
  prune: 'pruning',
} as const;

/** How people call a network. */
export const networkName = (spec: Pick<TrainSpec, 'network'>): string =>
  specNetworkName(spec)
    .replace(/^conv/, 'Conv')
    .replace(/^resnet/, 'ResNet-');

/** A setting and its value in words: `IteRand`, `KU`, `r = 0.1`, `width 0.25`. */
export function valueName(run: Pick<FinishedRun, 'spec'>, key: SpecKey): string {
  const { spec } = run;
  if (key === 'method') return METHOD_NAMES[spec.method];
  if (key === 'param') return spec.param.toUpperCase();
  if (key === 'network') return networkName(spec);
  const value = valueText(run, key);
  if (key === 'data' || key === 'rule') return value;
  if (value === '') return '';
  return key === 'rate' ? `r = ${value}` : key === 'period' ? `K_per = ${value}` : `${words(key)} ${value}`;
}

const words = (key: string): string => key.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
