import type { Sized } from './settings.js';

/** The device and what drives it. */
export interface Device {
  readonly name: string;
  readonly driver: string;
}

/** Whether a path starts here. */
export interface Started {
  readonly path: string;
  /** Why it does not; absent where it does. */
  readonly why?: string;
}

/** A file of reference vectors replayed, or why it could not be. */
export interface Replayed {
  readonly path: string;
  readonly file: string;
  readonly agrees: boolean;
  /** The quantity furthest from its reference against its tolerance, or the error. */
  readonly worst: string;
}

/** The laws of every engine, held on a path. */
export interface Lawful {
  readonly path: string;
  /** Of the laws only those whose names hold this text. */
  readonly only?: string;
  /** How many hold. */
  readonly held: number;
  /** Those that do not, and how. */
  readonly broken: readonly string[];
  /** Why not all of them could be held. */
  readonly why?: string;
}

/** A training step on a path and on the CPU. */
export interface Compared extends Sized {
  readonly path: string;
  /** The largest distance of the loss, the logits or a tensor of the state from the CPU's, relative (tensorDeviation). */
  readonly deviation: number;
  readonly tolerance: number;
  readonly why?: string;
}

/** Training steps measured. */
export interface Speed extends Sized {
  /** A path's name, or `pytorch`, `pytorch-compiled`, `pytorch-tf32`, `pytorch-compiled-tf32`. */
  readonly path: string;
  readonly batch: number;
  /** Steps taken: fewer than asked for where the limit of time ended them. */
  readonly steps: number;
  /** Median over up to ten pieces, and the slowest and fastest piece. */
  readonly imagesPerSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  /** After the last step; NaN is written as null. */
  readonly loss: number | null;
  /** The process's peak resident set, bytes. */
  readonly peakBytes: number;
  /** What the device has in use beside what it had before, bytes; null where it does not tell. */
  readonly deviceBytes: number | null;
  /** Why there are no numbers. */
  readonly why?: string;
}

/** Where a step's time goes, as onnxruntime's profile has it. */
export interface Profile extends Sized {
  readonly path: string;
  readonly batch: number;
  /** Nodes of a step. */
  readonly count: number;
  /** Those of them that run on the CPU. */
  readonly onCpu: number;
  /** Summed over a layer's nodes of one operator; milliseconds of a step. */
  readonly top: readonly {
    readonly node: string;
    readonly provider: string;
    readonly milliseconds: number;
    readonly share: number;
  }[];
  readonly why?: string;
}

/** Everything that `npm run gpu:check` finds. */
export interface Report {
  readonly device: Device;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly steps: number;
  readonly limit: number;
  readonly started: readonly Started[];
  readonly replayed: readonly Replayed[];
  readonly lawful: readonly Lawful[];
  readonly compared: readonly Compared[];
  readonly speeds: readonly Speed[];
  readonly profiles: readonly Profile[];
}

/** `NVIDIA H200` -> `nvidia-h200`: the report's file name. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'device';

/** The fastest PyTorch in float32 products of the same network and batch, images per second. */
function peerOf(speeds: readonly Speed[], { network, width, batch }: Speed): number | undefined {
  const peers = speeds.filter(
    (s) =>
      (s.path === 'pytorch' || s.path === 'pytorch-compiled') &&
      s.network === network &&
      s.width === width &&
      s.batch === batch &&
      s.why === undefined,
  );
  return peers.length === 0 ? undefined : Math.max(...peers.map((s) => s.imagesPerSecond));
}

function lawRow({ path, only, held, broken, why }: Lawful): string[] {
  const failed = broken.length === 0 ? '' : `${broken.length} BROKEN, `;
  const result = `${failed}${failed === '' && why === undefined ? 'all ' : ''}${held} hold`;
  const of = only === undefined ? '' : ` of those named '${only}'`;
  const rest = why === undefined ? '' : `, the others NOT HELD: ${why}`;
  return [path, `${result}${of}${rest}`, broken.join('; ')];
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const megabytes = (bytes: number | null) => (bytes === null ? '' : whole(bytes / 1e6));

function table(header: readonly string[], left: number, rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i < left ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** The report as Markdown. */
export function reportPage(report: Report): string {
  const { device, machine, versions, steps, limit, started, replayed, lawful, compared, speeds, profiles } =
    report;
  const parts = [
    `# Training on ${device.name}`,
    `Made by \`npm run gpu:check\` on ${machine}; driver ${device.driver}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '## Paths',
    table(
      ['path', 'state'],
      2,
      started.map(({ path, why }) => [path, why === undefined ? 'works' : `does not start: ${why}`]),
    ),
  ];
  if (replayed.length > 0)
    parts.push(
      '## Reference vectors',
      'Recorded training runs of another implementation, replayed without TF32.',
      table(
        ['path', 'file', 'result', 'worst'],
        4,
        replayed.map(({ path, file, agrees, worst }) => [path, file, agrees ? 'agrees' : 'DEVIATES', worst]),
      ),
    );
  if (lawful.length > 0)
    parts.push(
      '## Laws',
      'What the tests ask of every engine, on small networks and without TF32: loss, gradients and every pruning rule against loops in float64, state, evaluations, failures.',
      table(['path', 'result', 'broken'], 3, lawful.map(lawRow)),
    );
  if (compared.length > 0)
    parts.push(
      '## Steps against the CPU',
      'A training step at batch 8 from the same state; the largest relative distance of the loss, the logits or a tensor of the state after it.',
      table(
        ['path', 'network', 'result', 'distance', 'at most'],
        3,
        compared.map((c) => [
          c.path,
          `${c.network} x${c.width}`,
          c.why ?? (c.deviation <= c.tolerance ? 'agrees' : 'DEVIATES'),
          c.why === undefined ? c.deviation.toExponential(1) : '',
          c.tolerance.toExponential(0),
        ]),
      ),
    );
  if (speeds.length > 0)
    parts.push(
      '## Speed',
      `Images per second over ${steps} training steps after two that warm up, or as many as ${limit} seconds allow: the median of up to ` +
        'ten pieces, and the slowest and fastest of them. The ratio is that to the faster of PyTorch eager and compiled without TF32. ' +
        'Memory is the peak of the process on the host, and what the device has in use more than before it.',
      table(
        [
          'network',
          'batch',
          'path',
          'images/s',
          'slowest',
          'fastest',
          'to PyTorch',
          'steps',
          'host MB',
          'device MB',
        ],
        3,
        speeds.map((s) => {
          const start = [`${s.network} x${s.width}`, `${s.batch}`, s.path];
          if (s.why !== undefined) return [...start, `failed: ${s.why}`, '', '', '', '', '', ''];
          const peer = peerOf(speeds, s);
          return [
            ...start,
            whole(s.imagesPerSecond),
            whole(s.slowest),
            whole(s.fastest),
            peer === undefined ? '' : (s.imagesPerSecond / peer).toFixed(2),
            `${s.steps}`,
            megabytes(s.peakBytes),
            megabytes(s.deviceBytes),
          ];
        }),
      ),
    );
  if (profiles.length > 0)
    parts.push(
      '## Where the time goes',
      "By onnxruntime's profile. A device works on while the host hands it the next nodes: there a node's time is what handing it over " +
        'took, and what the device still had to do shows where the host waits for it, in copies to the host.',
      ...profiles.flatMap(profileLines),
    );
  return `${parts.join('\n\n')}\n`;
}

function profileLines({ path, network, width, batch, count, onCpu, top, why }: Profile): string[] {
  const title = `${path}, ${network} x${width}, batch ${batch}`;
  if (why !== undefined) return [`${title}: no profile (${why}).`];
  return [
    `${title}: ${count} nodes a step, ${onCpu} of them on the CPU. The longest, by layer and operator:`,
    table(
      ['node', 'provider', 'ms', 'share'],
      2,
      top.map(({ node, provider, milliseconds, share }) => [
        node,
        provider,
        milliseconds.toFixed(2),
        `${(100 * share).toFixed(1)} %`,
      ]),
    ),
  ];
}
