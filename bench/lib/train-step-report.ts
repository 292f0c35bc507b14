/** What fixes a measurement beside the networks. */
export interface Settings {
  readonly batch: number;
  readonly rounds: number;
  readonly threads: number;
  /** About how long one participant runs in a round. */
  readonly seconds: number;
  /** A measurement is repeated while other processes take more than this share of the machine. */
  readonly disturbance: number;
}

/** One participant's measurements. */
export interface Series {
  readonly side: 'iterand' | 'pytorch';
  /** Formulations or memory layout, and allocator: `fastest default`, `channels_last tuned`. */
  readonly variant: string;
  readonly about: Readonly<Record<string, string>>;
  /** One entry a round. */
  readonly secondsPerStep: readonly number[];
  readonly peakBytes: number;
  /** Measurements thrown away because other processes disturbed them. */
  readonly repeated: number;
}

export interface NetworkResult {
  readonly network: string;
  readonly width: number;
  /** Floating-point operations of a step. */
  readonly operations: number;
  /** Of a matrix product by onnxruntime just before, operations per second. */
  readonly matmulPeak: number;
  readonly series: readonly Series[];
}

export interface Report extends Settings {
  readonly machine: string;
  readonly torch: string | undefined;
  readonly networks: readonly NetworkResult[];
}

/** The table and what it means, as Markdown. */
export function trainStepTable(report: Report): string {
  const { machine, torch, batch, rounds, threads } = report;
  const header = [
    'network',
    'iterand',
    'tuned',
    'standard',
    'PyTorch',
    'tuned',
    'over default',
    'tuned over tuned',
    'default over tuned',
    'standard over default',
    'GFLOP/s',
    'of matmul',
    'MB',
    "PyTorch's MB",
  ];
  // The best of all networks' measurements: one may have been disturbed.
  const peak = Math.max(...report.networks.map((n) => n.matmulPeak));
  const rows = report.networks.map((n) => row(n, batch, peak));
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((r) => r[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((c, i) => (i === 0 ? c.padEnd(widths[i]!) : c.padStart(widths[i]!))).join(' | ')} |`;
  return [
    `${machine}; PyTorch ${torch ?? 'absent'}; batch ${batch}, ${threads} threads, ${rounds} interleaved rounds, medians.`,
    "Images/s, PyTorch in the better of its two memory layouts. `default`: as started; `tuned`: glibc's huge pages for both, and freed memory kept for PyTorch.",
    '`standard`: standard operators alone. GFLOP/s by the plain formulas, against a matrix product by onnxruntime. MB: peak resident set, default.',
    '',
    line(header),
    line(widths.map((w, i) => (i === 0 ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`))),
    ...rows.map(line),
    '',
  ].join('\n');
}

function row(
  { network, width, operations, series }: NetworkResult,
  batch: number,
  matmulPeak: number,
): readonly string[] {
  const find = (side: Series['side'], ending: string) =>
    series
      .filter((s) => s.side === side && s.variant.endsWith(ending))
      .sort((a, b) => median(a.secondsPerStep) - median(b.secondsPerStep))[0];
  const [fast, tuned] = [find('iterand', 'fastest default'), find('iterand', 'fastest tuned')];
  const standard = find('iterand', 'standard default');
  const [peer, tunedPeer] = [find('pytorch', ' default'), find('pytorch', ' tuned')];
  const images = (s: Series | undefined) => (s ? (batch / median(s.secondsPerStep)).toFixed(0) : '-');
  const memory = (s: Series | undefined) => (s ? (s.peakBytes / 1e6).toFixed(0) : '-');
  const ratio = (s: Series | undefined, over: Series | undefined) =>
    s && over ? (median(over.secondsPerStep) / median(s.secondsPerStep)).toFixed(2) : '-';
  const rate = fast && operations / median(fast.secondsPerStep);
  return [
    `${network} x${width}`,
    images(fast),
    images(tuned),
    images(standard),
    images(peer),
    images(tunedPeer),
    ratio(fast, peer),
    ratio(tuned, tunedPeer),
    ratio(fast, tunedPeer),
    ratio(standard, peer),
    rate ? (rate / 1e9).toFixed(0) : '-',
    rate ? `${((100 * rate) / matmulPeak).toFixed(0)} %` : '-',
    memory(fast),
    memory(peer),
  ];
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
