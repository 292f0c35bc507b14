import * as v from 'valibot';
import { InputError, requireOneOf } from '../../core/errors.js';
import { PAIRINGS, REFRESH_NAMES, REFRESHED_SCORES, type RefreshName } from '../prune/refreshes.js';
import { edgePopupRule } from '../prune/rules/edge-popup.js';
import { isKnownRule, makeRule, RULES, ruleKind } from '../prune/rules/index.js';
import { type Rule, type RuleSettings, SETTLES } from '../prune/rules/rule.js';
import { SCOPE_NAMES } from '../prune/thresholds.js';
import { type Defaults, type Method, RAMP } from './defaults.js';
import { finite, fraction, positive, whole } from './values.js';

/** Settings of the method `prune`, which says freely what the paper's methods fix. */
export const pruningEntries = {
  /** A rule of the package, or the name of one's own. */
  rule: v.optional(v.pipe(v.string(), v.nonEmpty('must name a rule'))),
  /** What happens to pruned weights every `period` iterations. */
  refresh: v.optional(v.picklist(REFRESH_NAMES)),
  /** Over what `sparsity` is taken. */
  scope: v.optional(v.picklist(SCOPE_NAMES)),
  /** Scope global: the first epochs, in which the pruned fraction rises to `sparsity` by equal steps. */
  ramp: v.optional(whole(1)),
  pairing: v.optional(v.picklist(PAIRINGS)),
  refreshedScore: v.optional(v.picklist(REFRESHED_SCORES)),
  rescale: v.optional(v.boolean()),
  settle: v.optional(v.picklist(SETTLES)),
  sigma: v.optional(positive(1e3)),
  penalty: v.optional(finite(0, 1e6)),
  gate: v.optional(fraction),
};

/** What pruning takes from a spec. */
export interface PruningSpec {
  readonly method: Method;
  readonly rule?: string | undefined;
  readonly refresh?: RefreshName | undefined;
  readonly scope?: (typeof SCOPE_NAMES)[number] | undefined;
  readonly sparsity?: number | undefined;
}

/** Each setting that not every run has, and whether this one must have it; undefined where only the rule, which is not at hand, knows. */
export type Needs = Readonly<Record<string, boolean | undefined>>;

const SETTINGS = [
  ...new Set(RULES.flatMap((r) => Object.keys(r.settings))),
] as readonly (keyof RuleSettings)[];
/** The settings of the method `prune`. */
export const PRUNING_KEYS: readonly string[] = Object.keys(pruningEntries);

/** Which of the settings that not every run has this one must have. @param own the rule, where it is one's own and at hand */
export function needsOf(spec: PruningSpec, own?: Rule): Needs {
  const { method } = spec;
  if (method !== 'prune') {
    const none = Object.fromEntries(PRUNING_KEYS.map((key) => [key, false]));
    const scores = method !== 'sgd';
    return {
      ...none,
      sparsity: scores,
      score: scores,
      period: method === 'iterand',
      rate: method === 'iterand',
    };
  }
  const rule = knownRule(spec.rule) ?? own;
  const refreshed = spec.refresh !== undefined && spec.refresh !== 'none';
  const has = Object.keys(
    spec.rule !== undefined && isKnownRule(spec.rule) ? ruleKind(spec.rule).settings : {},
  );
  return {
    rule: true,
    refresh: true,
    sparsity: rule && rule.selection.kind === 'top',
    score: rule && rule.initialScores === undefined,
    scope: rule && hasScope(rule),
    ramp: spec.scope === 'global',
    period: refreshed,
    rate: refreshed,
    pairing: spec.refresh === 'recycle',
    refreshedScore: refreshed,
    ...Object.fromEntries(SETTINGS.map((key) => [key, has.includes(key)])),
  };
}

/** A threshold is taken over layers or over all only where masks change. */
const hasScope = (rule: Rule): boolean => rule.selection.kind === 'top' && rule.scoreGradient !== undefined;

const knownRule = (name: string | undefined): Rule | undefined =>
  name !== undefined && isKnownRule(name) ? makeRule(name) : undefined;

/** @throws InputError for a rule, refresh or scope that do not go together, named before any single setting is */
export function requirePruningFits(what: string, spec: PruningSpec, own?: Rule): void {
  const rule = spec.method === 'prune' ? (knownRule(spec.rule) ?? own) : undefined;
  if (rule === undefined) return;
  const meaningless = (key: string, value: unknown, why: string) =>
    new InputError(
      `${what}: ${key} ${value}`,
      `means nothing for the rule '${rule.name}': ${why}`,
      'leave it out',
    );
  if (rule.scoreGradient === undefined) {
    const fixed = 'its mask is fixed';
    if (spec.refresh !== undefined && spec.refresh !== 'none')
      throw meaningless('refresh', spec.refresh, `${fixed}, so that pruned weights are never used`);
    if (spec.scope !== undefined) throw meaningless('scope', spec.scope, `${fixed}, layer by layer`);
  }
  if (rule.selection.kind === 'drawn')
    for (const key of ['sparsity', 'scope'] as const)
      if (spec[key] !== undefined)
        throw meaningless(key, spec[key], 'it draws its masks, and nothing fixes how much they keep');
}

/** Settings that say how is pruned, which name the method `prune` where no method is named. */
export const namesPruning = (given: object): boolean => PRUNING_KEYS.some((key) => key in given);

/**
 * The settings of the method `prune` that are not given, by the rule's and the run's defaults; where they come to a method of the
 * paper's, that method, which has one name.
 *
 * @param given settings that are given, checked one by one
 * @throws InputError for a rule of no known name, if none of one's own of that name is passed
 */
export function resolvePruning(
  what: string,
  given: Readonly<Record<string, unknown>> & Pick<PruningSpec, 'rule' | 'refresh' | 'scope'>,
  { sparsity, score, period, rate, epochs }: Defaults,
  own?: Rule,
): Record<string, unknown> {
  const rule = given.rule ?? 'edge-popup';
  if (own?.name !== rule)
    requireOneOf(
      `${what}: rule`,
      rule,
      RULES.map((r) => r.name),
    );
  const refresh = given.refresh ?? 'none';
  const head = { ...given, method: 'prune', rule, refresh } as const;
  requirePruningFits(what, head, own);
  const scope = given.scope ?? 'layer';
  const kind = isKnownRule(rule) ? ruleKind(rule).settings : {};
  const all: Record<string, unknown> = {
    sparsity,
    score,
    scope,
    ramp: Math.min(RAMP, Number(given.epochs ?? epochs)),
    period,
    rate,
    pairing: 'rank',
    refreshedScore: 'kept',
    ...kind,
  };
  const needs = needsOf({ ...head, scope }, own);
  const filled = Object.fromEntries(Object.entries(all).filter(([key]) => needs[key] === true));
  const said = Object.fromEntries(Object.entries(head).filter(([, value]) => value !== undefined));
  return inPaperWords({ ...filled, ...said });
}

/** The method of the paper's that the settings come to, or the settings. */
function inPaperWords(settings: Record<string, unknown>): Record<string, unknown> {
  const { method, rule, refresh, scope, refreshedScore, ...rest } = settings;
  if (rule !== 'edge-popup' || scope !== 'layer') return settings;
  // A score of refreshed weights is refused where none is refreshed, not forgotten.
  const score = refreshedScore === undefined ? {} : { refreshedScore };
  if (refresh === 'none') return { ...rest, ...score, method: 'edge-popup' };
  return refresh === 'randomize' && refreshedScore === 'kept' ? { ...rest, method: 'iterand' } : settings;
}

/** @throws InputError for settings of the method `prune` that come to a method of the paper's: one run, one name */
export function requireOwnWords(what: string, spec: object): void {
  const { method } = inPaperWords(spec as Record<string, unknown>);
  if (method !== (spec as PruningSpec).method)
    throw new InputError(
      `${what}: method prune`,
      `its settings are those of ${method}`,
      `name the method ${method}`,
    );
}

/** What happens to pruned weights in a run. */
export function refreshOf({ method, refresh = 'none' }: PruningSpec): RefreshName {
  return method === 'iterand' ? 'randomize' : refresh;
}

/**
 * The rule of a run; undefined for SGD.
 *
 * @param own the rule that is passed beside the spec
 * @throws InputError if the spec names a rule of one's own and another or none is passed, or names none and one is passed
 */
export function ruleOf(
  spec: PruningSpec & { readonly [K in keyof RuleSettings]: unknown },
  own?: Rule,
): Rule | undefined {
  const name = spec.method === 'prune' ? spec.rule! : undefined;
  if (own !== undefined && (own.name !== name || isKnownRule(own.name)))
    throw new InputError(
      `rule '${name ?? spec.method}' with a rule of one's own, '${own.name}'`,
      'the spec names the rule by its own name, and no name that the package has a rule of',
      "name both alike, such as 'my-rule'",
    );
  if (name === undefined) return spec.method === 'sgd' ? undefined : edgePopupRule;
  if (own !== undefined) return own;
  if (!isKnownRule(name))
    throw new InputError(
      `rule '${name}'`,
      `is none of the package's (${RULES.map((r) => r.name).join(', ')}), and none of that name was passed`,
      'pass the rule beside the spec, from a program',
    );
  const settings = SETTINGS.filter((key) => spec[key] !== undefined).map((key) => [key, spec[key]]);
  return makeRule(name, Object.fromEntries(settings));
}
