import { median, type Report } from './train-step-report.js';

/** The formulations that other rules and engines are held against. */
export const PLAIN_PLAN = 'fastest';
const PLAIN = `${PLAIN_PLAN} default`;

/** What a rule's measurements are called. */
export const ruleVariant = (rule: string): string => `${PLAIN} ${rule}`;
/** What another engine's measurements are called. */
export const backendVariant = (backend: string): string => `tfjs ${backend}`;

/** Each rule's step against edge-popup's, measured in the same rounds, as Markdown; empty where there is no other rule. */
export const rulesTable = (report: Report): string =>
  againstPlain(report, `${PLAIN} `, 'rule', "edge-popup's step");

/** The step in TensorFlow.js against onnxruntime's, in the same way. */
export const enginesTable = (report: Report): string =>
  againstPlain(report, '', 'engine', "onnxruntime's step", /^tfjs /);

function againstPlain(
  { networks }: Report,
  prefix: string,
  what: string,
  plainStep: string,
  pattern = /./,
): string {
  const rows = networks.flatMap(({ network, width, series }) => {
    const plain = series.find((s) => s.variant === PLAIN);
    if (plain === undefined) return [];
    return series
      .filter(({ variant }) => variant.startsWith(prefix) && variant !== PLAIN && pattern.test(variant))
      .map((s) => {
        const ratios = s.secondsPerStep.map((time, round) => time / plain.secondsPerStep[round]!);
        const ms = (1e3 * median(s.secondsPerStep)).toFixed(1);
        return `| ${network} x${width} | ${s.variant.slice(prefix.length)} | ${ms} | ${median(ratios).toFixed(3)} |`;
      });
  });
  if (rows.length === 0) return '';
  return [
    '',
    `By ${what}: milliseconds a step, and the median over the rounds of the time over that of ${plainStep} in the same round.`,
    '',
    `| network | ${what} | ms | over ${plainStep.split("'")[0]} |`,
    '|---|---|--:|--:|',
    ...rows,
    '',
  ].join('\n');
}
