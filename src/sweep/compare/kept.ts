import { existsSync } from 'node:fs';
import { arrayOps } from '../../train/prune/rules/arrays.js';
import { isKnownRule } from '../../train/prune/rules/index.js';
import { readCheckpoint } from '../../train/run/checkpoint.js';
import type { KnownRun } from '../../train/run/open.js';
import { ruleOf } from '../../train/spec/pruning.js';

/**
 * How many weights a run with a drawn mask keeps at evaluation after its last step, by the scores in its checkpoint. Undefined where the
 * sparsity fixes it, the checkpoint is gone, or the rule is one's own.
 *
 * @throws InputError if the checkpoint is damaged
 */
export function keptAtCheckpoint({ paths, spec }: Pick<KnownRun, 'paths' | 'spec'>): number | undefined {
  if (spec.rule === undefined || !isKnownRule(spec.rule) || !existsSync(paths.last)) return undefined;
  const { selection } = ruleOf(spec)!;
  if (selection.kind === 'top') return undefined;
  let kept = 0;
  for (const [name, { data }] of readCheckpoint(paths.last).tensors)
    if (name.endsWith('.score'))
      for (const m of selection.settled(arrayOps, data as Float32Array)) if (m !== 0) kept++;
  return kept;
}
