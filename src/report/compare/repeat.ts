import { flagWords, shellWord } from '../../core/shell.js';
import { canonical } from '../../runs/canonical.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { isKnownRule } from '../../train/prune/rules/index.js';
import { RUN_DEFAULTS } from '../../train/spec/defaults.js';
import { resolveTrainSpec, specNetworkName, type TrainSpec } from '../../train/spec/spec.js';

/** The command that makes a run again: its settings where they are not the defaults. */
export function trainCommand({ spec, seed }: Pick<FinishedRun, 'spec' | 'seed'>): string {
  const { network, method, data, rule } = spec;
  // A rule has defaults of its own.
  const given = { network, method, data, ...(rule !== undefined && isKnownRule(rule) ? { rule } : {}) };
  const size = data.startsWith('folder:') ? { imageSize: spec.imageSize } : {};
  const defaults = resolveTrainSpec({ ...given, ...size });
  const flags = (Object.keys(spec) as (keyof TrainSpec)[])
    .filter((key) => key in given || key in size || canonical(spec[key]) !== canonical(defaults[key]))
    .flatMap((key) =>
      key === 'network' && typeof network === 'object'
        ? ['--network-file', `${specNetworkName(spec)}.json`]
        : flagWords(key, spec[key]),
    );
  const words = [...flags, ...(seed === RUN_DEFAULTS.seed ? [] : flagWords('seed', seed))];
  return ['npx iterand train', ...words.map(shellWord)].join(' ');
}
