import { median, type Report } from './train-step-report.js';

/** The formulations that rules are measured with. */
export const RULES_PLAN = 'fastest';
const PLAIN = `${RULES_PLAN} default`;

/** What a rule's measurements are called. */
export const ruleVariant = (rule: string): string => `${PLAIN} ${rule}`;

/** Each rule's step against edge-popup's, measured in the same rounds, as Markdown; empty where there is no other rule. */
export function rulesTable({ networks }: Report): string {
  const rows = networks.flatMap(({ network, width, series }) => {
    const plain = series.find((s) => s.variant === PLAIN);
    if (plain === undefined) return [];
    return series
      .filter((s) => s.variant.startsWith(`${PLAIN} `))
      .map((s) => {
        const ratios = s.secondsPerStep.map((time, round) => time / plain.secondsPerStep[round]!);
        const ms = (1e3 * median(s.secondsPerStep)).toFixed(1);
        return `| ${network} x${width} | ${s.variant.slice(PLAIN.length + 1)} | ${ms} | ${median(ratios).toFixed(3)} |`;
      });
  });
  if (rows.length === 0) return '';
  return [
    '',
    "Rules: milliseconds a step, and the median over the rounds of the time over that of edge-popup's step in the same round.",
    '',
    '| network | rule | ms | over edge-popup |',
    '|---|---|--:|--:|',
    ...rows,
    '',
  ].join('\n');
}
