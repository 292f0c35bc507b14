import { REFRESHES } from '../prune/refreshes.js';
import { makeRule, RULES } from '../prune/rules/index.js';
import type { RuleSettings } from '../prune/rules/rule.js';
import { SCOPES } from '../prune/thresholds.js';

/** Something a method is put together from. */
export interface MethodPart {
  readonly name: string;
  /** One line. */
  readonly about: string;
  readonly source: string;
}

export interface RulePart extends MethodPart {
  /** The mask keeps the largest keys, by the sparsity, or is drawn at every step. */
  readonly selection: 'top' | 'drawn';
  /** Whether scores are trained; else the mask is fixed, and the rule takes neither a refresh nor a scope. */
  readonly trained: boolean;
  /** Its settings with their defaults. */
  readonly settings: RuleSettings;
}

/** What training by pruning is put together from: any rule with any refresh and, where the rule keeps the top, any scope. */
export function listMethods(): {
  readonly rules: readonly RulePart[];
  readonly refreshes: readonly MethodPart[];
  readonly scopes: readonly MethodPart[];
} {
  const rules = RULES.map(({ name, about, source, settings }): RulePart => {
    const rule = makeRule(name);
    return {
      name,
      about,
      source,
      selection: rule.selection.kind,
      trained: rule.scoreGradient !== undefined,
      settings,
    };
  });
  return { rules, refreshes: REFRESHES, scopes: SCOPES };
}
