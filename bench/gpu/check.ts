import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../src/core/errors.js';
import { readBytes, requireWritable, writeAtomic } from '../../src/core/files.js';
import { duration } from '../../src/core/format.js';
import { machine } from '../lib/machine.js';
import { ParticipantEnded } from '../lib/participant.js';
import { type LawsFound, unanswered } from './laws.js';
import { findDevice, findTorch, versions } from './machine.js';
import { type Measurement, measure } from './measure.js';
import type { Path } from './paths.js';
import { peerMeasurements } from './peers.js';
import { type Lawful, type Profile, type Report, reportPage, slug } from './report.js';
import type { Settings, Sized } from './settings.js';
import { reasonIn, runTask, taskCommand } from './task.js';

/** What rounding may do to a step, and what products of ten bits may. */
const TOLERANCE = { float32: 5e-3, tf32: 0.1 };
/** A task other than a measurement ends after this, seconds. */
const LONGEST_TASK = 900;

/** One piece of the work: what it adds to the report. */
interface Work {
  readonly what: string;
  /** Whether the report has it already. */
  readonly done: (report: Report) => boolean;
  readonly add: (report: Report) => Promise<Report>;
}

/**
 * Carries out `npm run gpu:check`: prints the page, and saves it after every piece of work.
 *
 * @returns whether every path that starts agrees with the references and the CPU
 * @throws InputError for files that are not there, or an output folder that cannot be
 */
export async function check(settings: Settings): Promise<boolean> {
  const vectors = settings.vectors ?? shippedVectors();
  for (const file of vectors) readBytes(file);
  requireWritable('--out', settings.out, 'folder');
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const device = findDevice(settings.device);
  const torch =
    settings.python === undefined ? { why: '--no-peer' } : findTorch(settings.python, settings.peerDevice);
  if (torch.why !== undefined) say(`without PyTorch: ${torch.why}`);
  const file = join(settings.out, slug(device.name));
  const fresh: Report = {
    device,
    machine: machine(),
    versions: versions(torch.version),
    steps: settings.steps,
    limit: settings.limit,
    started: [],
    replayed: [],
    lawful: [],
    compared: [],
    speeds: [],
    profiles: [],
  };
  let report = settings.again ? fresh : goOn(`${file}.json`, fresh);
  const started = await Promise.all(settings.paths.map((path) => startPath(path)));
  const others = report.started.filter(({ path }) => !started.some((s) => s.path === path));
  report = { ...report, started: [...others, ...started] };
  const working = settings.paths.filter(
    ({ name }) => started.find((s) => s.path === name)!.why === undefined,
  );
  for (const { path, why } of started)
    say(`${path}: ${why === undefined ? 'works' : `does not start: ${why}`}`);
  const peer = torch.version === undefined ? undefined : settings.python!;
  const left = allWork(settings, working, vectors, peer).filter(({ done }) => !done(report));
  const begun = performance.now();
  const save = () => {
    writeAtomic(`${file}.json`, `${JSON.stringify(report, undefined, 1)}\n`);
    writeAtomic(`${file}.md`, reportPage(report));
  };
  for (const [i, { what, add }] of left.entries()) {
    const pace = (performance.now() - begun) / 1e3 / Math.max(1, i);
    say(
      `${i + 1} of ${left.length}: ${what}${i === 0 ? '' : `; about ${duration(pace * (left.length - i))} left`}`,
    );
    report = await add(report);
    save();
  }
  save();
  process.stdout.write(`${reportPage(report)}\nSaved in ${file}.md and ${file}.json\n`);
  return (
    working.length > 0 &&
    report.replayed.every(({ agrees }) => agrees) &&
    report.lawful.every(({ broken, why }) => broken.length === 0 && why === undefined) &&
    report.compared.every(({ deviation, tolerance, why }) => why === undefined && deviation <= tolerance)
  );
}

/** The recorded training runs of the tests. */
function shippedVectors(): string[] {
  const folder = fileURLToPath(new URL('../../test/fixtures', import.meta.url));
  return readdirSync(folder)
    .filter((name) => name.endsWith('.safetensors') && !name.startsWith('augment'))
    .map((name) => join(folder, name));
}

/** The report begun before, if it is of the same device, versions and settings. */
function goOn(path: string, fresh: Report): Report {
  if (!existsSync(path)) return fresh;
  const found = parsed(readFileSync(path, 'utf8'));
  // Reports of before the laws were held have none.
  const earlier = found && { lawful: [], ...found };
  const lists = ['started', 'replayed', 'lawful', 'compared', 'speeds', 'profiles'] as const;
  if (!lists.every((list) => Array.isArray(earlier?.[list])))
    throw new InputError(path, 'is no report of gpu:check', 'remove it, or pass --again to write over it');
  const about = ({ device, machine, versions, steps, limit }: Report) =>
    JSON.stringify([device, machine, versions, steps, limit]);
  if (about(earlier as Report) === about(fresh)) return earlier as Report;
  throw new InputError(
    path,
    'holds measurements of another machine, driver, version or number of steps',
    'pass another folder as --out, or --again to write over it',
  );
}

/** What a report's text holds; undefined where it is no JSON. */
function parsed(text: string): Partial<Report> | undefined {
  try {
    return JSON.parse(text) as Partial<Report> | undefined;
  } catch {
    return undefined;
  }
}

async function startPath({ name, on, environment }: Path) {
  try {
    await runTask('start', { on }, environment, 120);
    return { path: name };
  } catch (error) {
    return { path: name, why: (error as Error).message };
  }
}

function allWork(
  settings: Settings,
  working: readonly Path[],
  vectors: readonly string[],
  peer: string | undefined,
): Work[] {
  const { networks, batches } = settings;
  const exact = working.filter(({ tf32 }) => !tf32);
  const firsts = networks.filter((n, i) => networks.findIndex((m) => m.network === n.network) === i);
  return [
    ...exact.flatMap((path) => vectors.map((file) => replayWork(path, file))),
    ...exact.map((path) => lawWork(path, settings)),
    ...working.flatMap((path) => firsts.map((sized) => compareWork(path, sized))),
    ...networks.flatMap((sized) =>
      batches.flatMap((batch) =>
        [
          ...working.map((path) => ownMeasurement(path, sized, batch)),
          ...(peer === undefined ? [] : peerMeasurements(peer, settings.peerDevice, sized, batch)),
        ].map((measurement) => speedWork(measurement, settings)),
      ),
    ),
    // The profile is onnxruntime's.
    ...working
      .filter(({ on }) => on.engine === 'onnx')
      .flatMap((path) => firsts.map((sized) => profileWork(path, sized, batches[0]!))),
  ];
}

const same = (a: Sized & { path: string }, path: string, { network, width }: Sized): boolean =>
  a.path === path && a.network === network && a.width === width;

function replayWork({ name: path, on, environment }: Path, file: string): Work {
  const short = basename(file, '.safetensors');
  return {
    what: `${path}: ${short}`,
    done: ({ replayed }) => replayed.some((r) => r.path === path && r.file === short),
    add: async (report) => {
      const found = await runTask<{ agrees: boolean; worst: string }>(
        'replay',
        { on, file },
        environment,
        LONGEST_TASK,
      ).catch((error: Error) => ({ agrees: false, worst: error.message }));
      return { ...report, replayed: [...report.replayed, { path, file: short, ...found }] };
    },
  };
}

function lawWork({ name: path, on, environment }: Path, { laws: only }: Settings): Work {
  const isOurs = (l: Lawful) => l.path === path && l.only === only;
  return {
    what: `${path}: laws`,
    done: ({ lawful }) => lawful.some((l) => isOurs(l) && l.why === undefined),
    add: async (report) => {
      const others = report.lawful.filter((l) => !isOurs(l));
      const found = await runTask<LawsFound>('laws', { on, only }, environment, LONGEST_TASK)
        .then((f) =>
          f.held + f.broken.length > 0 ? f : { held: 0, broken: [`no law's name holds '${only}'`] },
        )
        .catch(unanswered);
      return {
        ...report,
        lawful: [...others, { path, ...(only === undefined ? {} : { only }), ...found }],
      };
    },
  };
}

function compareWork({ name: path, on, environment, tf32 }: Path, sized: Sized): Work {
  const tolerance = tf32 ? TOLERANCE.tf32 : TOLERANCE.float32;
  return {
    what: `${path}: a step of ${sized.network} x${sized.width} against the CPU's`,
    done: ({ compared }) => compared.some((c) => same(c, path, sized)),
    add: async (report) => {
      const found = await runTask<{ deviation: number | null }>(
        'compare',
        { on, ...sized },
        environment,
        LONGEST_TASK,
      )
        .then(({ deviation }) => ({ deviation: deviation ?? Number.NaN }))
        .catch((error: Error) => ({ deviation: Number.NaN, why: error.message }));
      return { ...report, compared: [...report.compared, { path, ...sized, tolerance, ...found }] };
    },
  };
}

const ownMeasurement = ({ name: path, on, environment }: Path, sized: Sized, batch: number): Measurement => ({
  path,
  ...sized,
  batch,
  command: taskCommand('speed', { on, ...sized, batch }),
  environment,
});

function speedWork(measurement: Measurement, { steps, limit }: Settings): Work {
  const { path, network, width, batch } = measurement;
  return {
    what: `${path}: ${network} x${width}, batch ${batch}`,
    done: ({ speeds }) =>
      speeds.some((s) => same(s, path, measurement) && s.batch === batch && s.why === undefined),
    add: async (report) => {
      const others = report.speeds.filter((s) => !(same(s, path, measurement) && s.batch === batch));
      const speed = await measure(measurement, steps, limit).catch((error: Error) => ({
        ...{ path, network, width, batch, steps: 0, imagesPerSecond: 0, slowest: 0, fastest: 0 },
        ...{ loss: null, peakBytes: 0, deviceBytes: null },
        why: (error instanceof ParticipantEnded && reasonIn(error.errors)) || error.message,
      }));
      return { ...report, speeds: [...others, speed] };
    },
  };
}

function profileWork({ name: path, on, environment }: Path, sized: Sized, batch: number): Work {
  return {
    what: `${path}: profile of ${sized.network} x${sized.width}, batch ${batch}`,
    done: ({ profiles }) => profiles.some((p) => same(p, path, sized) && p.batch === batch),
    add: async (report) => {
      const found = await runTask<Pick<Profile, 'count' | 'onCpu' | 'top'>>(
        'profile',
        { on, ...sized, batch },
        environment,
        LONGEST_TASK,
      ).catch((error: Error) => ({ count: 0, onCpu: 0, top: [], why: error.message }));
      return { ...report, profiles: [...report.profiles, { path, ...sized, batch, ...found }] };
    },
  };
}
