import { canonical } from '../../runs/canonical.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { resolveTrainSpec, specNetworkName, type TrainSpec } from '../../train/spec/spec.js';

/** The command that makes a run again: its settings where they are not the defaults. */
export function trainCommand({ spec, seed }: Pick<FinishedRun, 'spec' | 'seed'>): string {
  const { network, method, data } = spec;
  const given = { network, method, data };
  const size = data.startsWith('folder:') ? { imageSize: spec.imageSize } : {};
  const defaults = resolveTrainSpec({ ...given, ...size });
  const flags = (Object.keys(spec) as (keyof TrainSpec)[])
    .filter((key) => key in given || key in size || canonical(spec[key]) !== canonical(defaults[key]))
    .map((key) =>
      key === 'network' && typeof network === 'object'
        ? `--network-file ${specNetworkName(spec)}.json`
        : `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} ${spec[key]}`,
    );
  return ['npx iterand train', ...flags, ...(seed === 1 ? [] : [`--seed ${seed}`])].join(' ');
}
