import { InputError, requireOneOf } from '../core/errors.js';
import { type PlannedRun, type SweepPlan, valueText } from './plan.js';

/**
 * The runs of a plan that a pattern names: terms with commas between them, all of which must hold. A term `key=value` is about a
 * setting, the seed or the case; any other is the run's name, or its start, in which `*` stands for anything.
 *
 * @throws InputError for a key that the job kind does not have, and if no run is named
 */
export function selectRuns({ kind, runs }: SweepPlan, pattern: string): readonly PlannedRun[] {
  const keys = ['seed', 'case', ...kind.keys];
  const tests = pattern.split(',').map((term) => {
    const at = term.indexOf('=');
    if (at < 0) return nameTest(term.trim());
    const key = requireOneOf(`--only ${pattern}: the setting`, term.slice(0, at).trim(), keys);
    const value = term.slice(at + 1).trim();
    return (run: PlannedRun) => settingOf(run, key) === value;
  });
  const chosen = runs.filter((run) => tests.every((test) => test(run)));
  if (chosen.length === 0)
    throw new InputError(
      `--only ${pattern}`,
      `names none of the ${runs.length} runs`,
      "look at them with --list; write e.g. 'method=iterand,seed=1' or the start of a run's name",
    );
  return chosen;
}

function settingOf({ spec, seed, curve }: PlannedRun, key: string): string | undefined {
  if (key === 'seed') return String(seed);
  if (key === 'case') return curve;
  const value = (spec as Readonly<Record<string, unknown>>)[key];
  return value === undefined ? undefined : valueText(value);
}

function nameTest(term: string): (run: PlannedRun) => boolean {
  const escaped = term.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${escaped.join('.*')}`);
  return ({ name }) => expression.test(name);
}
