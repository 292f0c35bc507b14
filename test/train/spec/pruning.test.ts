import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { REFRESH_NAMES } from '../../../src/train/prune/refreshes.js';
import { RULES } from '../../../src/train/prune/rules/index.js';
import { SCOPE_NAMES } from '../../../src/train/prune/thresholds.js';
import { listMethods } from '../../../src/train/spec/methods.js';
import { refreshOf, ruleOf } from '../../../src/train/spec/pruning.js';
import { sparsityAt } from '../../../src/train/spec/schedule.js';
import { parseTrainSpec, resolveTrainSpec, trainRunName } from '../../../src/train/spec/spec.js';

const head = { network: 'conv2', data: 'mnist' } as const;
const of = (settings: object) => resolveTrainSpec({ ...head, ...settings });
const refused = (settings: object, words: RegExp) => {
  expect(() => of(settings)).toThrow(InputError);
  expect(() => of(settings)).toThrow(words);
};

test("the paper's methods said in parts are those methods, with their ids", () => {
  const [popup, iterand] = [of({ method: 'edge-popup' }), of({ method: 'iterand' })];
  for (const settings of [
    { rule: 'edge-popup' },
    { refresh: 'none' },
    { scope: 'layer' },
    { method: 'prune' },
    { rule: 'edge-popup', refresh: 'none', scope: 'layer' },
  ])
    expect(of(settings)).toEqual(popup);
  for (const settings of [
    { refresh: 'randomize' },
    { rule: 'edge-popup', refresh: 'randomize', scope: 'layer', refreshedScore: 'kept' },
  ])
    expect(of(settings)).toEqual(iterand);
  expect(trainRunName(of({ refresh: 'randomize' }), 1)).toBe(trainRunName(iterand, 1));
  // As a folder holds it there is one way alone.
  const said = { ...popup, method: 'prune', rule: 'edge-popup', refresh: 'none', scope: 'layer' };
  expect(() => parseTrainSpec(said)).toThrow(/method prune: its settings are those of edge-popup/);
});

test('every rule that trains scores goes with every refresh, those that keep the top with every scope; one name each', () => {
  const names = new Set<string>();
  let count = 0;
  for (const { name, trained, selection } of listMethods().rules)
    for (const refresh of trained ? REFRESH_NAMES : (['none'] as const))
      for (const scope of trained && selection === 'top' ? SCOPE_NAMES : [undefined]) {
        const spec = of({ rule: name, refresh, scope });
        expect(parseTrainSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
        expect(of(spec)).toEqual(spec);
        expect([ruleOf(spec)?.name, refreshOf(spec)]).toEqual([name, refresh]);
        names.add(trainRunName(spec, 1));
        count++;
      }
  expect(names.size).toBe(count);
  // Three by rank with three refreshes and two scopes, two drawn with three refreshes, two fixed.
  expect(count).toBe(3 * 3 * 2 + 2 * 3 + 2);
});

test('a run is called by rule, refresh and scope', () => {
  const called = (settings: object) => trainRunName(of(settings), 1).replace(/-[0-9a-f]{10}.*/, '');
  expect(called({ rule: 'biprop' })).toBe('conv2-biprop-mnist');
  expect(called({ rule: 'biprop', refresh: 'recycle', scope: 'global' })).toBe(
    'conv2-biprop-recycle-global-mnist',
  );
  expect(called({ refresh: 'recycle' })).toBe('conv2-edge-popup-recycle-mnist');
});

test('a setting is part of the id, and defaults written out are not', () => {
  const id = (settings: object) => trainRunName(of({ rule: 'gates', ...settings }), 1);
  expect(id({ sigma: 0.5 })).toBe(id({}));
  expect(new Set([id({}), id({ sigma: 0.4 }), id({ penalty: 0 }), id({ gate: 0.1 })]).size).toBe(4);
});

test('what does not go together is refused by name', () => {
  refused({ rule: 'biprob' }, /rule 'biprob': must be one of .*did you mean 'biprop'/);
  refused(
    { rule: 'random', scope: 'layer' },
    /scope layer: means nothing for the rule 'random': its mask is fixed/,
  );
  refused({ rule: 'magnitude', refresh: 'randomize' }, /refresh randomize: means nothing .*never used/);
  refused({ rule: 'gates', sparsity: 0.5 }, /sparsity 0.5: means nothing for the rule 'gates'/);
  refused({ rule: 'supermask', scope: 'global' }, /scope global: means nothing/);
  refused({ rule: 'gates', score: 'ku' }, /score ku: means nothing for gates/);
  refused({ rule: 'biprop', sigma: 0.5 }, /sigma 0.5: means nothing for biprop/);
  refused({ rule: 'biprop', period: 5 }, /period 5: means nothing for biprop/);
  refused({ rule: 'biprop', ramp: 5 }, /ramp 5: means nothing for biprop/);
  refused({ rule: 'biprop', refresh: 'randomize', pairing: 'rank' }, /pairing rank: means nothing/);
  refused({ method: 'iterand', scope: 'global' }, /scope global: means nothing for iterand/);
  refused({ method: 'sgd', rule: 'biprop' }, /rule biprop: means nothing for sgd/);
  refused(
    { rule: 'biprop', refresh: 'recycled' },
    /refresh 'recycled': must be one of none, randomize, recycle/,
  );
  // Rule, refresh and scope come to edge-popup here, which forgets no setting that it has no use for.
  refused({ refreshedScore: 'fresh' }, /refreshedScore fresh: means nothing for edge-popup/);
  refused({ refreshedScore: 'kept' }, /refreshedScore kept: means nothing for edge-popup/);
  refused({ rule: 'biprop', refreshedScore: 'fresh' }, /refreshedScore fresh: means nothing for biprop/);
  refused(
    { rule: 'biprop', scope: 'global', ramp: 5, epochs: 4 },
    /ramp 5: is longer than the run of 4 epochs/,
  );
  refused({ rule: 'gates', sigma: 0 }, /sigma 0: must be greater than 0/);
  refused({ rule: 'gates', gate: 1.5 }, /gate 1.5: must be at most 1/);
  const spec = of({ rule: 'biprop' });
  const { scope, ...without } = spec;
  expect(scope).toBe('layer');
  expect(() => parseTrainSpec(without)).toThrow(/scope \(missing\): must be given for biprop/);
});

test('the pruned fraction rises by equal steps to p and stays', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (ramp, sparsity) => {
        const at = (epoch: number) => sparsityAt({ sparsity, ramp }, epoch);
        expect(at(ramp - 1)).toBe(sparsity);
        expect(at(ramp + 7)).toBe(sparsity);
        for (let e = 1; e < ramp; e++) expect(at(e) - at(e - 1)).toBeCloseTo(sparsity / ramp, 12);
        expect(at(0)).toBeCloseTo(sparsity / ramp, 12);
      },
    ),
  );
  expect(of({ rule: 'biprop', scope: 'global' }).ramp).toBe(10);
  const short = of({ rule: 'biprop', scope: 'global', epochs: 4 });
  expect(short.ramp).toBe(4);
  // A run of an earlier version may have it.
  expect(parseTrainSpec({ ...short, ramp: 5 }).ramp).toBe(5);
});

test('the list names every rule, refresh and scope once, each with its source', () => {
  const { rules, refreshes, scopes } = listMethods();
  expect(rules.map((r) => r.name)).toEqual(RULES.map((r) => r.name));
  expect(refreshes.map((r) => r.name)).toEqual(REFRESH_NAMES);
  expect(scopes.map((s) => s.name)).toEqual(SCOPE_NAMES);
  for (const { about, source } of [...rules, ...refreshes, ...scopes])
    expect([about.length > 10, source.length > 5]).toEqual([true, true]);
});
