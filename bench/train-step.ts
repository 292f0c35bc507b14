import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { InputError, requireInteger, requireNumber, requireOneOf } from '../src/core/errors.js';
import { writeAtomic } from '../src/core/files.js';
import { ENGINES } from '../src/train/engines/names.js';
import { BACKENDS, type Backend } from '../src/train/engines/tfjs/backends.js';
import type { Benchmark } from './lib/benchmark.js';
import { machine, matmulPeak } from './lib/machine.js';
import { Participant } from './lib/participant.js';
import { type Report, type Series, type Settings, trainStepTable } from './lib/train-step-report.js';
import { backendVariant, enginesTable, PLAIN_PLAN, rulesTable, ruleVariant } from './lib/train-step-rules.js';
import { networkOf, PLAIN_RULE, ruleOf, stepOperations } from './lib/train-step-settings.js';

/** The networks of the table. */
const DEFAULT = 'conv6:0.25,conv6:0.5,conv6:1,resnet18:0.25,resnet18:1,resnet34:0.25';
const NETWORKS = ['conv6', 'resnet18', 'resnet34'] as const;
const PLANS = ['fastest', 'standard'] as const;
const LAYOUTS = ['contiguous', 'channels_last'] as const;

/** glibc told to ask for huge pages. */
const HUGE_PAGES = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
/** And to keep freed memory, which PyTorch otherwise returns and asks for again in every step. */
const TUNED_PEER = {
  ...HUGE_PAGES,
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  MALLOC_TOP_PAD_: String(2 ** 28),
};
/** A BLAS with threads of its own (Debian's OpenBLAS) spins beside PyTorch's and halves its speed: one thread for it. */
const PEER = { OPENBLAS_NUM_THREADS: '1' };

interface Options {
  readonly networks: string;
  readonly plans: string;
  readonly rules: string;
  readonly engine: string;
  readonly backends: string;
  readonly batch: string;
  readonly rounds: string;
  readonly seconds: string;
  readonly threads: string;
  readonly disturbance: string;
  readonly python: string;
  readonly peer: boolean;
  readonly json?: string;
  readonly markdown?: string;
}

export const benchmark: Benchmark = {
  description: 'the edge-popup training step against PyTorch on the same processor',
  async run(args) {
    await new Command('train-step')
      .description(benchmark.description)
      .option('--networks <list>', `NETWORK:WIDTH of ${NETWORKS.join(', ')}, separated by commas`, DEFAULT)
      .option('--plans <list>', `iterand's formulations, of ${PLANS.join(', ')}`, PLANS.join(','))
      .option(
        '--rules <list>',
        "pruning rules, held against edge-popup's step: NAME, or NAME:global for one threshold over all layers",
        PLAIN_RULE,
      )
      .option('--engine <name>', `tfjs: measure TensorFlow.js too, beside ${ENGINES[0]}`, ENGINES[0])
      .option('--backends <list>', `its backends, of ${BACKENDS.join(', ')}`, 'wasm')
      .option('--batch <n>', 'images in a batch', '128')
      .option('--rounds <n>', 'interleaved rounds; the median counts', '7')
      .option('--seconds <s>', 'about how long one participant runs in a round', '0.7')
      .option('--threads <n>', 'threads of every participant', String(availableParallelism()))
      .option(
        '--disturbance <share>',
        "a measurement is repeated, up to 20 times, while other processes take more of the machine's time",
        '0.05',
      )
      .option('--python <path>', 'an interpreter with torch', 'python3')
      .option('--no-peer', "leave PyTorch out: iterand's side alone")
      .option('--json <file>', 'write the measurements there')
      .option('--markdown <file>', 'write the table there')
      .parseAsync([...args], { from: 'user' })
      .then((command) => measureAll(command.opts<Options>()));
  },
};

async function measureAll(options: Options): Promise<void> {
  const wanted = options.networks.split(',').map((item) => {
    const [network = '', width = ''] = item.split(':');
    return {
      network: requireOneOf('network', network, NETWORKS),
      width: requireNumber('width', Number(width || Number.NaN), 1e-3, 16),
    };
  });
  const plans = options.plans.split(',').map((plan) => requireOneOf('plan', plan, PLANS));
  const rules = options.rules.split(',');
  for (const rule of rules) ruleOf(rule);
  const backends =
    requireOneOf('engine', options.engine, ENGINES) === 'tfjs'
      ? options.backends.split(',').map((backend) => requireOneOf('backend', backend, BACKENDS))
      : [];
  const settings: Settings = {
    batch: requireInteger('batch', Number(options.batch), 1, 4096),
    rounds: requireInteger('rounds', Number(options.rounds), 1, 1000),
    threads: requireInteger('threads', Number(options.threads), 1, 1024),
    seconds: requireNumber('seconds', Number(options.seconds), 0, 600),
    disturbance: requireNumber('disturbance', Number(options.disturbance), 0, 1),
  };
  const torch = options.peer ? torchVersion(options.python) : undefined;
  const [processor, peak] = [machine(), await matmulPeak(settings.threads)];
  const networks = [];
  for (const { network, width } of wanted) {
    const series = await interleaved(
      participants(options.python, torch, network, width, plans, rules, backends, settings),
      settings,
    );
    const operations = stepOperations(networkOf(network, width)) * settings.batch;
    networks.push({ network, width, operations, matmulPeak: peak, series });
    const latest = { machine: processor, torch, ...settings, networks: networks.slice(-1) };
    process.stdout.write(`\n${trainStepTable(latest)}${rulesTable(latest)}${enginesTable(latest)}`);
  }
  const report = withEarlier(options.json, { machine: processor, torch, ...settings, networks });
  if (options.json) writeAtomic(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (options.markdown)
    writeAtomic(options.markdown, `${trainStepTable(report)}${rulesTable(report)}${enginesTable(report)}`);
  if (report.networks.length > 1) process.stdout.write(`\n${trainStepTable(report)}`);
}

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** How to start each participant of a network: iterand's formulations, then PyTorch's layouts and allocators. */
function participants(
  python: string,
  torch: string | undefined,
  network: string,
  width: number,
  plans: readonly string[],
  rules: readonly string[],
  backends: readonly Backend[],
  { batch, threads }: Settings,
): (() => Promise<Participant>)[] {
  const common = [
    '--network',
    network,
    '--width',
    `${width}`,
    '--batch',
    `${batch}`,
    '--threads',
    `${threads}`,
  ];
  const worker = file('lib/train-step-worker.ts');
  const side = (plan: string, allocator: string, environment: Record<string, string>) => () =>
    Participant.start(
      { side: 'iterand', variant: `${plan} ${allocator}` },
      [process.execPath, '--import', 'tsx', worker, ...common, '--plan', plan],
      environment,
    );
  const ofRules = rules
    .filter((rule) => rule !== PLAIN_RULE)
    .map(
      (rule) => () =>
        Participant.start(
          { side: 'iterand', variant: ruleVariant(rule) },
          [process.execPath, '--import', 'tsx', worker, ...common, '--plan', PLAIN_PLAN, '--rule', rule],
          {},
        ),
    );
  const own = [
    ...plans.flatMap((plan) => [
      side(plan, 'default', {}),
      ...(plan === 'fastest' ? [side(plan, 'tuned', HUGE_PAGES)] : []),
    ]),
    ...ofRules,
    ...backends.map(
      (backend) => () =>
        Participant.start(
          { side: 'iterand', variant: backendVariant(backend) },
          [process.execPath, '--import', 'tsx', worker, ...common, '--backend', backend],
          {},
        ),
    ),
  ];
  if (torch === undefined) return own;
  const peer = (layout: string, allocator: string, environment: Record<string, string>) => () =>
    Participant.start(
      { side: 'pytorch', variant: `${layout} ${allocator}` },
      [python, file('peers/train_step.py'), ...common, '--layout', layout],
      { ...PEER, ...environment },
    );
  const peers = LAYOUTS.flatMap((layout) => [peer(layout, 'default', {}), peer(layout, 'tuned', TUNED_PEER)]);
  return [...own, ...peers];
}

/** Runs every participant once a round, in turn, so that a drift of the machine meets them alike. */
async function interleaved(
  starts: readonly (() => Promise<Participant>)[],
  { rounds, seconds, disturbance }: Settings,
): Promise<Series[]> {
  const running: {
    participant: Participant;
    count: number;
    times: number[];
    peak: number;
    repeated: number;
  }[] = [];
  try {
    for (const start of starts) {
      const participant = await start();
      await participant.steps(1);
      const warm = await participant.steps(1);
      const count = Math.max(1, Math.round(seconds / warm.seconds));
      running.push({ participant, count, times: [], peak: 0, repeated: 0 });
    }
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`round ${round + 1} of ${rounds}\n`);
      for (const own of running) {
        let measured = await own.participant.measure(own.count);
        for (let again = 0; again < 20 && measured.disturbance > disturbance; again++, own.repeated++)
          measured = await own.participant.measure(own.count);
        own.times.push(measured.seconds / own.count);
        own.peak = measured.peak_bytes;
      }
    }
    return running.map(({ participant, times, peak, repeated }) => ({
      ...participant.label,
      about: participant.about,
      secondsPerStep: times,
      peakBytes: peak,
      repeated,
    }));
  } finally {
    for (const { participant } of running) await participant.stop();
  }
}

/** PyTorch's version, or undefined, said loudly, where the interpreter has none. */
function torchVersion(python: string): string | undefined {
  const found = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' });
  if (found.status === 0) return found.stdout.trim();
  const why = found.error?.message ?? found.stderr.trim().split('\n').at(-1);
  process.stderr.write(
    `\nNO PYTORCH: ${python} cannot import torch (${why}).\n` +
      "Only iterand's side is measured, without ratios. Name an interpreter with --python (Debian: apt install python3-torch).\n\n",
  );
  return undefined;
}

/** A report with the networks of an earlier one of the same settings that this one has not measured. */
function withEarlier(path: string | undefined, report: Report): Report {
  if (path === undefined || !existsSync(path)) return report;
  const earlier = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const setting = ({ machine: m, torch, batch, threads }: Report) =>
    JSON.stringify([m, torch, batch, threads]);
  if (setting(earlier) !== setting(report))
    throw new InputError(
      path,
      'holds measurements of another machine, PyTorch, batch or number of threads',
      'write to another file',
    );
  const measured = (n: Report['networks'][number]) =>
    report.networks.some((r) => r.network === n.network && r.width === n.width);
  const networks = [...earlier.networks.filter((n) => !measured(n)), ...report.networks];
  networks.sort((a, b) => a.network.localeCompare(b.network) || a.width - b.width);
  return { ...report, networks };
}
