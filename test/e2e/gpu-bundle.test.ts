import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { extract } from 'tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../bench/gpu/report.js';
import { command, emptyFolder } from './cli.js';

const root = resolve(import.meta.dirname, '../..');
const here = process.platform === 'linux' && process.arch === 'x64';
const folder = emptyFolder('gpu-bundle');
const archives = join(folder, 'out');
/** The other machine: what a shell's PATH would find is not in it. */
const machine = join(folder, 'machine');
const bundle = join(machine, 'iterand-gpu');

const pack = (args: readonly string[], cwd: string = folder) =>
  spawnSync(process.execPath, [command[1], command[2], join(root, 'scripts/gpu-bundle.ts'), ...args], {
    encoding: 'utf8',
    cwd,
    timeout: 600_000,
  });

/** How to enter the other machine; undefined where this one does not allow it. */
const enter = [
  ['chroot', machine],
  ['unshare', '--map-root-user', 'chroot', machine],
];
/** The libraries that a program's loader asks for, by the paths it finds them at. */
function libraries(file: string): string[] {
  const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
  return [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)].map(([, path]) => path!);
}

function place(path: string): void {
  const to = join(machine, path);
  mkdirSync(dirname(to), { recursive: true });
  if (!existsSync(to)) copyFileSync(path, to);
}

const adapter = process.env.VK_ICD_FILENAMES;
const engine = (name: string) => join(root, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64', name);
const check = [
  ...[
    '--networks',
    'conv6:0.0625',
    '--batches',
    '2',
    '--steps',
    '2',
    '--out',
    '/report',
    '--device',
    'other',
  ],
  ...[
    '--vectors',
    '/iterand-gpu/app/test/fixtures/conv8-grey-x0.0625-score.safetensors',
    '--laws',
    'conv 3x3',
  ],
];

describe.skipIf(!here)('gpu:bundle', () => {
  beforeAll(async () => {
    const { status, stderr } = pack(['--out', archives, '--quality', '6']);
    expect(status, stderr).toBe(0);
    mkdirSync(machine);
    for (const name of readdirSync(archives)) await extract({ file: join(archives, name), cwd: machine });
    const binaries = [process.execPath, engine('onnxruntime_binding.node'), engine('libonnxruntime.so.1')];
    if (adapter) {
      place(adapter);
      const { library_path: named } = JSON.parse(readFileSync(adapter, 'utf8')).ICD as {
        library_path: string;
      };
      // A bare name is looked up where Debian's loader looks first.
      const driver = isAbsolute(named) ? named : join('/usr/lib/x86_64-linux-gnu', named);
      place(driver);
      binaries.push(driver);
    }
    for (const library of binaries.flatMap(libraries)) if (!library.includes('onnxruntime')) place(library);
    for (const name of ['tmp', 'dev']) mkdirSync(join(machine, name));
    // Programs are started with their input at /dev/null; an empty file reads alike.
    writeFileSync(join(machine, 'dev/null'), '');
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('archives of at most 60 MiB', () => {
    const names = readdirSync(archives);
    expect(names).toContain('iterand-gpu.tar.gz');
    for (const name of names)
      expect(statSync(join(archives, name)).size, name).toBeLessThanOrEqual(60 * 2 ** 20);
  });

  test('it is complete: gpu:check runs where nothing else is', { timeout: 600_000 }, () => {
    const way = enter.find(
      ([program, ...args]) => spawnSync(program!, [...args, '/iterand-gpu/node', '--version']).status === 0,
    );
    if (way === undefined) {
      if (process.env.ITERAND_REQUIRE_CHROOT) throw new Error('chroot is required here, and not permitted');
      console.warn('the bundle is tried without a root folder of its own: chroot is not permitted');
    }
    // Where the other machine's root folder lies, seen from the process.
    const inside = way === undefined ? machine : '';
    const within = (path: string) => path.replace(/^(?=\/(?:iterand-gpu|report)\b)/, inside);
    const gpu = way !== undefined && adapter !== undefined;
    const paths = gpu ? ['cpu', 'webgpu'] : ['cpu'];
    const program = spawnSync('which', [way?.[0] ?? ''], { encoding: 'utf8' }).stdout.trim();
    const words = ['/iterand-gpu/node', '/iterand-gpu/start.mjs', ...check, '--paths', paths.join()].map(
      within,
    );
    const [first, ...rest] = way === undefined ? words : [program, ...way.slice(1), ...words];
    const done = spawnSync(first!, rest, {
      encoding: 'utf8',
      env: { PATH: '', ...(gpu ? { VK_ICD_FILENAMES: adapter } : {}) },
      timeout: 600_000,
    });
    expect(done.stderr).not.toMatch(/^gpu/m);
    expect(done.stderr).toMatch(/without PyTorch: python3 has no torch/);
    expect(done.status, done.stderr).toBe(0);
    const report = JSON.parse(readFileSync(join(machine, 'report/other.json'), 'utf8')) as Report;
    expect(report.started).toEqual(paths.map((path) => ({ path })));
    expect(report.replayed.map(({ agrees }) => agrees)).toEqual(paths.map(() => true));
    expect(report.lawful).toEqual(paths.map((path) => ({ path, only: 'conv 3x3', held: 3, broken: [] })));
    expect(report.speeds.map(({ why, steps }) => [why, steps])).toEqual(paths.map(() => [undefined, 2]));
    expect(report.profiles.map(({ why }) => why)).toEqual(paths.map(() => undefined));
  });

  test('a damaged or missing piece is named, and nothing is run', () => {
    const list = JSON.parse(readFileSync(join(bundle, 'packed-base.json'), 'utf8'));
    const { path, pieces } = list.files.find((f: { path: string }) => f.path.endsWith('libonnxruntime.so.1'));
    const piece = join(bundle, pieces[0].file);
    const start = () =>
      spawnSync(join(bundle, 'node'), [join(bundle, 'start.mjs'), '--help'], { encoding: 'utf8' });
    rmSync(join(bundle, '.unpacked'), { force: true });
    const bytes = readFileSync(piece);
    writeFileSync(piece, Buffer.from(bytes).fill(0, 1000, 1100));
    expect(start()).toMatchObject({ status: 2, stdout: '' });
    expect(start().stderr).toMatch(/^gpu bundle: .* is damaged; copy the archives again\.\n$/);
    rmSync(piece);
    const missing = start();
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain(`${path} lacks ${pieces[0].file}`);
    expect(missing.stderr).toContain('unpack the archive iterand-gpu beside the others');
    writeFileSync(piece, bytes);
    expect(start()).toMatchObject({ status: 0 });
  });
});

for (const [args, message] of [
  [
    ['--parts', 'cuda'],
    /^gpu:bundle: --parts cuda: onnxruntime-node's CUDA libraries are not installed; fetch them with: npm rebuild/,
  ],
  [['--parts', 'base,x'], /--parts 'x': must be one of base, cuda/],
  [['--quality', '12'], /--quality 12: must be an integer from 0 to 11/],
  [['--cuda', 'pip'], /--cuda 'pip': must be one of installed, npm/],
  [['--out', ''], /--out '': is empty/],
  [['--out', '/dev/null'], /--out: is not a folder/],
  [['--unknown'], /unknown option/],
] as const)
  test.skipIf(!here)(`gpu:bundle refuses ${args.join(' ')}`, () => {
    const cwd = emptyFolder('gpu-bundle-bad');
    const { status, stderr, stdout } = pack(args, cwd);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(existsSync(join(cwd, 'gpu-bundle'))).toBe(false);
  });
