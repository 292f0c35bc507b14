import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../src/core/errors.js';
import { parseJson } from '../../src/core/json.js';
import { stream } from '../../src/core/rng.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/core/safetensors.js';
import { type Holder, thisProcess } from '../../src/runs/holder.js';
import { wholeLines } from '../../src/runs/lines.js';
import { takeLock } from '../../src/runs/lock.js';
import { type RunPaths, runPaths } from '../../src/runs/paths.js';
import { readStateRecord } from '../../src/runs/state.js';
import { boundByName } from '../../src/theory/bounds/index.js';
import { uniform } from '../../src/theory/problem/distribution.js';
import { makeTarget, requireTarget, type Target } from '../../src/theory/problem/target.js';
import { decodeTarget } from '../../src/theory/problem/target-file.js';
import { constructionFor } from '../../src/theory/search/construction.js';
import { type Instance, searchInstance } from '../../src/theory/search/instance.js';
import { decodeInstance, encodeInstance } from '../../src/theory/search/instance-file.js';
import { binaryFiles, recordBytes } from '../../src/train/data/cifar10/format.js';
import { importCifar10 } from '../../src/train/data/cifar10/import.js';
import { readCifarFolder } from '../../src/train/data/cifar10/open.js';
import { decodeImage } from '../../src/train/data/decode.js';
import { hashFolder } from '../../src/train/data/folder-hash.js';
import { openDataset } from '../../src/train/data/open.js';
import { describeNetwork } from '../../src/train/networks/index.js';
import { stateTensors } from '../../src/train/networks/tensors.js';
import { readCheckpoint } from '../../src/train/run/checkpoint.js';
import { summarizeRuns } from '../../src/train/run/list.js';
import { readRun } from '../../src/train/run/open.js';
import { readEpochs, readSteps } from '../../src/train/run/read-records.js';
import { readResult } from '../../src/train/run/result.js';
import { trainRun } from '../../src/train/run/train.js';
import { resolveTrainSpec, trainRunName } from '../../src/train/spec/spec.js';
import { packTicket, unpackTicket } from '../../src/train/ticket/container.js';
import { deflate, inflate } from '../../src/train/ticket/contents.js';
import { readTicket, writeTicket } from '../../src/train/ticket/run.js';
import type { Ticket } from '../../src/train/ticket/ticket.js';
import { agrees } from '../../src/train/vectors/kind.js';
import { parseRecording } from '../../src/train/vectors/recording.js';
import { replayFile } from '../../src/train/vectors/replay.js';
import { writeImages } from '../images.js';
import { smallTicket } from '../support/small-ticket.js';
import { type JsonPart, safetensorsHeader, wholeFile } from './damager.js';
import { plain, referenceTensors } from './reference.js';

/** A kind of file that is damaged, and how it is read. */
export interface Kind {
  readonly name: string;
  /** Where the file lies; it is put back after each damage. */
  readonly path: string;
  /** What is damaged: the file's bytes, unless `file` makes them from these. */
  readonly bytes: Uint8Array;
  readonly file?: (bytes: Uint8Array) => Uint8Array;
  readonly json?: JsonPart;
  /** What the file means to the program. */
  readonly read: (path: string) => unknown;
  /** For files without a checksum, which others write: what a damaged one now says, by another reading. Any other meaning is a fault. */
  readonly now?: (bytes: Uint8Array, found: unknown) => unknown;
  /** What an error must name; by default the file. */
  readonly named?: string;
  /** A command that reads it. */
  readonly command?: readonly string[];
}

/** One valid small file of each kind, in a fresh folder. */
export async function makeKinds(folder: string): Promise<readonly Kind[]> {
  return [
    ...theoryKinds(folder),
    ...vectorKinds(folder),
    ...ticketKinds(folder),
    ...(await cifarKinds(folder)),
    ...(await runKinds(folder)),
    specKind(folder),
    await lockKind(folder),
  ];
}

/** A kind whose file is written first. */
function kind(
  name: string,
  path: string,
  bytes: string | Uint8Array,
  more: Omit<Kind, 'name' | 'path' | 'bytes'>,
): Kind {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  if (!existsSync(path)) writeFileSync(path, more.file ? more.file(data) : data);
  return { name, path, bytes: data, ...more };
}

/** A kind whose file is there. */
const kindOf = (name: string, path: string, more: Omit<Kind, 'name' | 'path' | 'bytes'>): Kind =>
  kind(name, path, readFileSync(path), more);

function theoryKinds(folder: string): Kind[] {
  const target = makeTarget('gaussian', [3, 4, 2], 1);
  const problem = { widths: [2, 2], epsilon: 1, delta: 0.5, resamplings: 30 };
  const construction = constructionFor(problem, boundByName('corrected'), uniform(1));
  const instance = searchInstance(construction, makeTarget('gaussian', problem.widths, 3), 1, 0);
  const readTarget = (path: string) =>
    meaningOfTarget(requireTarget(decodeTarget(readFileSync(path), path), path));
  const readInstance = (path: string) => meaningOfInstance(decodeInstance(readFileSync(path), path));
  const tensors = target.matrices.map(
    (data, k) => [`fc${k + 1}.weight`, { shape: [target.widths[k + 1]!, target.widths[k]!], data }] as const,
  );
  const simulate = [
    'simulate',
    '--epsilon',
    '1',
    '--delta',
    '0.5',
    '--trials',
    '5',
    '--workers',
    '1',
    '--target',
  ];
  const rows = target.matrices.map((matrix, k) => rowsOf([...matrix], target.widths[k]!));
  return [
    kind('target, safetensors', join(folder, 'target.safetensors'), encodeSafetensors(tensors), {
      json: safetensorsHeader,
      read: readTarget,
      now: (bytes) =>
        [...referenceTensors(bytes)]
          .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
          .map(([, { shape, values }]) => ({ columns: shape[1]!, values })),
      command: [...simulate, join(folder, 'target.safetensors')],
    }),
    kind('target, JSON', join(folder, 'target.json'), JSON.stringify({ matrices: rows }), {
      json: wholeFile,
      read: readTarget,
      now: (bytes) =>
        (JSON.parse(Buffer.from(bytes).toString('utf8')).matrices as number[][][]).map((matrix) => ({
          columns: matrix[0]!.length,
          values: Float64Array.from(matrix.flat()),
        })),
      command: [...simulate, join(folder, 'target.json')],
    }),
    ...(['safetensors', 'json'] as const).map((ending) => {
      const path = join(folder, `instance.${ending}`);
      const json = ending === 'json' ? wholeFile : safetensorsHeader;
      const encoded = encodeInstance(instance, path);
      return kind(`instance, ${ending}`, path, encoded, {
        json,
        read: readInstance,
        command: ['check-instance', path],
      });
    }),
  ];
}

const rowsOf = (values: number[], columns: number) =>
  Array.from({ length: values.length / columns }, (_, r) => values.slice(r * columns, (r + 1) * columns));

const meaningOfTarget = ({ widths, matrices }: Target) =>
  matrices.map((matrix, k) => ({ columns: widths[k]!, values: matrix }));

const meaningOfInstance = ({ construction, ...instance }: Instance) => ({
  ...instance,
  layers: construction.layers,
  resamplings: construction.resamplings,
  distribution: construction.distribution.name,
});

function vectorKinds(folder: string): Kind[] {
  const { tensors } = decodeSafetensors(
    readFileSync(new URL('../fixtures/augment-cifar10.safetensors', import.meta.url)),
    'fixture',
  );
  const three = [...tensors].map(([name, { shape, data }]) => {
    const size = (3 * data.length) / shape[0]!;
    return [name, { shape: [3, ...shape.slice(1)], data: data.slice(0, size) }] as const;
  });
  const readRecording = (path: string) => {
    const { file, losses, labels, ...rest } = parseRecording(
      decodeSafetensors(readFileSync(path), path),
      path,
    );
    const { momentum, weightDecay, learningRate, sparsity, mode } = rest;
    return { tensors: plain(file.tensors), losses, mode, momentum, weightDecay, learningRate, sparsity };
  };
  const metadataOf = (bytes: Uint8Array) => JSON.parse(safetensorsHeader.text(bytes)).__metadata__;
  return [
    kind('vectors, augmentation', join(folder, 'augment.safetensors'), encodeSafetensors(three), {
      json: safetensorsHeader,
      async read(path) {
        const report = await replayFile(path);
        // Exit code 1: told, not silent.
        if (!agrees(report)) throw new InputError(path, 'deviates', 'look at the numbers');
        return report.deviations.map((d) => d.quantity);
      },
      command: ['vectors', join(folder, 'augment.safetensors')],
    }),
    kind('vectors, training', join(folder, 'recording.safetensors'), recording(), {
      json: safetensorsHeader,
      read: readRecording,
      now(bytes) {
        const { losses, mode, momentum, weight_decay, learning_rate, sparsity } = metadataOf(bytes);
        return {
          tensors: referenceTensors(bytes),
          losses: JSON.parse(losses),
          mode,
          momentum: Number(momentum),
          weightDecay: Number(weight_decay),
          learningRate: Number(learning_rate),
          sparsity: mode === 'score' ? Number(sparsity) : 0,
        };
      },
    }),
  ];
}

/** A recording of one step of a tiny network; nobody recorded it, but it is read as one. */
function recording(): Uint8Array {
  const network = describeNetwork({ network: 'conv2', width: 0.05, imageSize: 8, classes: 3 });
  const { uniform } = stream(1, 'recording');
  const filled = (shape: readonly number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, uniform),
  });
  const state = stateTensors(network, 'score').filter((t) => t.role === 'weight' || t.role === 'score');
  const tensors = [
    ['x', filled([1, 2, 3, 8, 8])],
    ['y', { shape: [1, 2], data: BigInt64Array.of(0n, 2n) }],
    ...state.map(({ name, shape }) => [`init.${name}`, filled(shape)] as const),
    ['final.fc3.score', filled(state.find((t) => t.name === 'fc3.score')!.shape)],
  ] as const;
  return encodeSafetensors(tensors, {
    network: 'conv2',
    width: '0.05',
    classes: '3',
    mode: 'score',
    sparsity: '0.5',
    learning_rate: '0.1',
    momentum: '0.9',
    weight_decay: '1e-4',
    losses: '[1.25]',
  });
}

function ticketKinds(folder: string): Kind[] {
  const path = join(folder, 'run.ticket');
  const bytes = writeTicket(smallTicket());
  const read = (file: string) => readTicket(readFileSync(file), file).ticket;
  const parts = unpackTicket(bytes, path);
  const head = inflate(parts.head, 2 ** 20, path);
  const sealed = (code: Uint8Array) => packTicket({ ...parts, code });
  return [
    kind('ticket', path, bytes, { read }),
    // A checksum holds against chance alone: these are damaged before it is made.
    kind("ticket's head, sealed anew", join(folder, 'head.ticket'), head, {
      json: wholeFile,
      file: (changed) => packTicket({ ...parts, head: deflate(changed) }),
      read,
      now: (changed) => ({
        ...smallTicket(),
        header: JSON.parse(Buffer.from(changed).toString('utf8')).header,
      }),
    }),
    kind("ticket's code, sealed anew", join(folder, 'code.ticket'), parts.code, {
      file: sealed,
      read,
      // A code without redundancy: what it gives, coded again, must be that code to the byte.
      now: (changed, found) =>
        Buffer.from(writeTicket(found as Ticket)).equals(Buffer.from(sealed(changed)))
          ? found
          : 'another code',
    }),
  ];
}

async function cifarKinds(folder: string): Promise<Kind[]> {
  const recordsPerFile = 10;
  const from = join(folder, 'binaries');
  mkdirSync(from);
  for (const [f, name] of binaryFiles.entries()) {
    const { uint32 } = stream(1, 'cifar', f);
    const records = Uint8Array.from({ length: recordsPerFile * recordBytes }, (_, i) =>
      i % recordBytes === 0 ? i / recordBytes : uint32() & 255,
    );
    writeFileSync(join(from, name), records);
  }
  await importCifar10({ from, dataFolder: folder, recordsPerFile });
  const set = join(folder, 'cifar10');
  const read = () => {
    const { name, fingerprint, labels, source } = readCifarFolder(set, recordsPerFile);
    return { name, fingerprint, labels, pixels: source.kind === 'pixels' && source.pixels.slice() };
  };
  return [
    kindOf('CIFAR-10 manifest', join(set, 'manifest.json'), { json: wholeFile, read, named: set }),
    kindOf('CIFAR-10 binary file', join(set, binaryFiles[2]!), { read, named: set }),
  ];
}

/** The files of a run that was stopped, and of one that is finished; the images it was trained on. */
async function runKinds(folder: string): Promise<Kind[]> {
  const images = join(folder, 'images');
  await writeImages(images);
  const picture = sharp(join(images, 'train/dark/0.png'));
  for (const format of ['jpeg', 'webp'] as const)
    await picture
      .clone()
      .toFormat(format)
      .toFile(join(images, `train/dark/one.${format}`));
  const spec = resolveTrainSpec({
    network: 'conv2',
    width: 0.05,
    method: 'iterand',
    data: `folder:${images}`,
    imageSize: 8,
    epochs: 2,
    batch: 8,
    period: 3,
    warmup: 0,
    finalEpochs: 0,
  });
  const train = (root: string, stopAt: number): Promise<unknown> => {
    const stop = new AbortController();
    const step = ({ step }: { step: number }) => {
      if (step === stopAt) stop.abort();
    };
    return trainRun(spec, 1, { root, threads: 1, workers: 1, signal: stop.signal, callbacks: [{ step }] });
  };
  const name = trainRunName(spec, 1);
  const [stopped, finished] = [join(folder, 'stopped'), join(folder, 'finished')];
  await train(stopped, 8);
  await train(finished, -1);
  const dataset = await openDataset(spec.data, { size: 8 });
  const [half, whole] = [runPaths(stopped, name), runPaths(finished, name)];
  const runs = ['runs', '--out'];
  const lines = (which: string, paths: RunPaths) => [
    kindOf(`epochs.jsonl, ${which} run`, paths.epochs, { json: jsonOfLine, read: () => readEpochs(paths) }),
    kindOf(`steps.jsonl, ${which} run`, paths.steps, { json: jsonOfLine, read: () => readSteps(paths) }),
  ];
  const checkpoint = (path: string) => readCheckpoint(path, { run: name, data: dataset });
  return [
    kindOf('checkpoint, last', half.last, {
      json: safetensorsHeader,
      read: checkpoint,
      command: ['evaluate', name, '--out', stopped, '--threads', '1'],
    }),
    kindOf('checkpoint, best', half.best, { json: safetensorsHeader, read: checkpoint }),
    kindOf('spec.json', half.spec, {
      json: wholeFile,
      read: () => {
        const { spec, seed } = readRun(half);
        return { spec, seed };
      },
      command: [...runs, stopped],
    }),
    kindOf('state.json', half.state, {
      json: wholeFile,
      read: () => readStateRecord(half),
      command: [...runs, stopped],
    }),
    kindOf('result.json', whole.result, {
      json: wholeFile,
      read: () => readResult(whole),
      command: [...runs, finished],
    }),
    ...lines('stopped', half),
    ...lines('finished', whole),
    // Wall times are for people: no result is taken from them, and resuming appends to whatever is there.
    kindOf('times.jsonl', half.times, {
      json: jsonOfLine,
      read: (path) => {
        wholeLines(path);
        return summarizeRuns(stopped);
      },
    }),
    ...['0.png', 'one.jpeg', 'one.webp'].map((file) => {
      const path = join(images, 'train/dark', file);
      return kindOf(`image ${file.replace(/.*\./, '').toUpperCase()}`, path, {
        // Damaged or not by its decoder's lights, it is other data: the run that was trained on them refuses it.
        async read() {
          const now = await openDataset(spec.data, { size: 8 });
          const pixels = await decodeImage(path, 3).catch((error: Error) => error.message.length);
          readCheckpoint(half.last, { run: name, data: now });
          return pixels;
        },
        named: half.last,
        ...(file.endsWith('png') ? { command: ['data', 'check', spec.data] } : {}),
      });
    }),
    await memoryKind(folder),
  ];
}

/** The first line of a file of JSON lines. */
const jsonOfLine: JsonPart = {
  text: (bytes) => Buffer.from(bytes).toString('utf8').split('\n')[0]!,
  replaced: (bytes, text) =>
    Buffer.from([text, ...Buffer.from(bytes).toString('utf8').split('\n').slice(1)].join('\n')),
};

async function memoryKind(folder: string): Promise<Kind> {
  const path = join(folder, 'hashes.json');
  const classes = [{ path: 'images/train/bright', names: ['0.png', '1.png'] }];
  const hash = (bytes: number) =>
    hashFolder(folder, classes, { memory: [path], now: Date.now() + 60_000, worth: { bytes, files: bytes } });
  await hash(0);
  return kindOf('image hashes', path, { json: wholeFile, read: () => hash(1e12) });
}

function specKind(folder: string): Kind {
  const settings = {
    network: 'conv2',
    method: 'iterand',
    data: 'mnist',
    width: 0.25,
    epochs: 3,
    learningRate: 0.3,
  };
  return kind('--spec file', join(folder, 'settings.json'), JSON.stringify(settings), {
    json: wholeFile,
    read: (path) => resolveTrainSpec(parseJson(readFileSync(path), path) as Record<string, unknown>),
    now: (bytes) => resolveTrainSpec(JSON.parse(Buffer.from(bytes).toString('utf8'))),
    named: '',
  });
}

/** The lock of a process that works on a run, while it does. */
async function lockKind(folder: string): Promise<Kind> {
  const path = join(folder, 'lock.json');
  // Without a heartbeat, which would write into the damaged file.
  const held = await takeLock(path, { beat: 2 ** 30 });
  const thief: Required<Holder> = { ...thisProcess(), token: 'thief' };
  return kindOf('lock.json', path, {
    json: wholeFile,
    async read() {
      const lock = await takeLock(path, { beat: 10, stale: 1, own: thief }).catch((error: Error) => {
        if (!(error instanceof InputError)) throw error;
      });
      try {
        // Whoever comes second is refused; or the first is, at its next look. Never do both go on.
        if (lock) held.check();
        return lock ? 'both' : 'the first goes on';
      } finally {
        lock?.release();
      }
    },
  });
}
