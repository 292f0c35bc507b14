import { requireOneOf } from '../../../core/errors.js';
import { biprop } from './biprop.js';
import { edgePopup, edgePopupAbs } from './edge-popup.js';
import { magnitude, random } from './fixed.js';
import { gates } from './gates.js';
import type { Rule, RuleKind, RuleSettings } from './rule.js';
import { supermask } from './supermask.js';

/** Every rule the package has; a new one is a file beside this and a line here. */
export const RULES: readonly RuleKind[] = [
  edgePopup,
  edgePopupAbs,
  biprop,
  supermask,
  gates,
  random,
  magnitude,
];

/** The rule of a name. @throws InputError for a name that no rule has */
export function ruleKind(name: string): RuleKind {
  requireOneOf(
    'rule',
    name,
    RULES.map((r) => r.name),
  );
  return RULES.find((r) => r.name === name)!;
}

export const isKnownRule = (name: string): boolean => RULES.some((r) => r.name === name);

/** A rule with settings; those left out are the rule's own. @throws InputError for a name that no rule has */
export function makeRule(name: string, settings: RuleSettings = {}): Rule {
  const kind = ruleKind(name);
  return kind.make({ ...kind.settings, ...settings } as Required<RuleSettings>);
}
