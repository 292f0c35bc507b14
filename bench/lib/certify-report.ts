import { formatBound, formatNumber } from '../../src/report/format.js';
import type { Bracket, UpperName } from '../../src/theory/certify/certify.js';

export interface CertifyReport {
  readonly machine: string;
  readonly epsilon: number;
  readonly delta: number;
  readonly resamplings: number;
  /** Boxes of branch and bound at most. */
  readonly nodes: number;
  readonly networks: readonly { readonly widths: readonly number[]; readonly bracket: Bracket }[];
}

/** The columns of upper bounds, the proof's first. */
const COLUMNS: readonly UpperName[] = ['proof', 'interval', 'differential', 'spectral', 'linear'];

/** The table and what it means, as Markdown. */
export function certifyTable(report: CertifyReport): string {
  const { machine, epsilon, delta, resamplings, nodes, networks } = report;
  const header = [
    'network',
    'lower',
    'upper',
    'reached by',
    'upper/lower',
    ...COLUMNS,
    'interval/upper',
    's',
  ];
  const rows = networks.map(({ widths, bracket }) => {
    const { lower, upper, upperBy, uppers, seconds } = bracket;
    const of = (name: UpperName) => uppers.find((one) => one.name === name)?.bound;
    return [
      widths.join('-'),
      formatBound(lower, 'lower'),
      formatBound(upper, 'upper'),
      upperBy,
      formatNumber(upper / lower),
      ...COLUMNS.map((name) => {
        const bound = of(name);
        return bound === undefined ? '' : formatBound(bound, 'upper');
      }),
      formatNumber(of('interval')! / upper),
      seconds.toFixed(1),
    ];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `# How tight the bounds of the error are

For each network a Gaussian target and the network that the construction of the corrected theorem finds for it at epsilon = ${epsilon}, delta = ${delta}, R = ${resamplings}
(drawn in law, seed 1), and a certified bracket \`lower <= sup ||f - g_M||_2 <= upper\` over the cube. \`proof\` is what Section 6 of docs/theory.md promises, \`interval\` plain interval
arithmetic, and the others are the methods of Section 9 over the whole cube. \`upper\` is the least of all, branch and bound of at most ${formatNumber(nodes)} boxes and the enumeration of one layer among them;
the search stops at a relative gap of 0.001. The brackets depend on seed and limits alone, the seconds on the machine.

${line(header)}
${line(header.map((_, k) => (k === 0 || k === 3 ? '---' : '--:')))}
${rows.map(line).join('\n')}

Made by \`npm run bench -- certify --markdown reports/bench/certify.md --json reports/bench/certify.json\` on ${machine}.
`;
}
