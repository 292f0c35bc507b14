// npm run gpu:bundle: packs gpu:check and all that it needs for a machine without a network.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { create } from 'tar';
import { InputError } from '../src/core/errors.js';
import { requireWritable } from '../src/core/files.js';
import { type CudaEngine, cudaOfNpm, installedCuda } from './gpu-bundle/cuda.js';
import { Packer } from './gpu-bundle/pack.js';
import { filesOf, isLarge, packageFolders } from './gpu-bundle/packages.js';
import { readSettings, type Settings } from './gpu-bundle/settings.js';

const root = resolve(import.meta.dirname, '..');
/** What an archive may hold at most, MiB. */
const MOST = 60;
/** Packed bytes in an archive at most: a tar has some 512 bytes a file besides, and a MiB is left for them. */
const LARGEST = (MOST - 1) * 2 ** 20;
const inBundle = (path: string) => `iterand-gpu/${path}`;
const say = (line: string) => process.stderr.write(`${line}\n`);

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings) await bundle(settings);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`gpu:bundle: ${error.message}\n`);
  process.exitCode = 2;
}

async function bundle(settings: Settings): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new InputError(
      `${process.platform} ${process.arch}`,
      'the bundle holds this machine’s Node.js, and it is for Linux x64',
      'pack it on Linux x64',
    );
  requireWritable('--out', settings.out, 'folder');
  if (settings.parts.includes('cuda') && settings.cuda === 'installed' && !installedCuda(root))
    throw new InputError(
      '--parts cuda',
      "onnxruntime-node's CUDA libraries are not installed",
      'fetch them with: npm rebuild onnxruntime-node --ignore-scripts=false, or take an earlier engine from npm with --cuda npm',
    );
  const scratch = mkdtempSync(join(tmpdir(), 'iterand-gpu-bundle-'));
  try {
    const made: string[] = [];
    if (settings.parts.includes('base')) made.push(...(await packBase(scratch, settings)));
    if (settings.parts.includes('cuda')) {
      const engine = settings.cuda === 'installed' ? installedCuda(root)! : await cudaOfNpm(scratch);
      made.push(...(await packCuda(engine, scratch, settings)));
    }
    const size = (file: string) => statSync(join(scratch, file)).size / 2 ** 20;
    for (const file of made)
      if (size(file) > MOST)
        throw new InputError(
          file,
          `has ${size(file).toFixed(1)} MiB, more than ${MOST}`,
          'pack it with --quality 11, or install binutils, whose strip makes Node.js smaller',
        );
    mkdirSync(settings.out, { recursive: true });
    for (const file of made) {
      const temporary = join(settings.out, `${file}.tmp`);
      copyFileSync(join(scratch, file), temporary);
      renameSync(temporary, join(settings.out, file));
      process.stdout.write(`${join(settings.out, file)}  ${size(file).toFixed(1)} MiB\n`);
    }
    process.stdout.write(
      `\nOn the machine with the GPU: for f in iterand-gpu*.tar*; do tar -xf $f; done; iterand-gpu/node iterand-gpu/start.mjs\n`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Node.js, the program, its packages, the reference vectors, MNIST and the Vulkan loader. */
async function packBase(scratch: string, { quality }: Settings): Promise<string[]> {
  const home = join(scratch, 'base/iterand-gpu');
  mkdirSync(home, { recursive: true });
  say('Node.js ...');
  copyNode(join(home, 'node'));
  say('the program ...');
  compile(join(home, 'app'));
  say('its packages ...');
  const files: [path: string, from: string][] = packageFolders(root).flatMap((folder) =>
    filesOf(folder).map((path): [string, string] => [
      `app/${folder.slice(root.length + 1)}/${path}`,
      join(folder, path),
    ]),
  );
  const fixtures = join(root, 'test/fixtures');
  for (const name of readdirSync(fixtures))
    if (name.endsWith('.safetensors')) files.push([`app/test/fixtures/${name}`, join(fixtures, name)]);
  files.push(
    ['app/bench/peers/train_step.py', join(root, 'bench/peers/train_step.py')],
    ['app/package.json', join(root, 'package.json')],
    ['start.mjs', join(root, 'scripts/gpu-bundle/start.mjs')],
    ['LICENSE', join(root, 'LICENSE')],
  );
  const loader = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64'].map((f) => join(f, 'libvulkan.so.1'));
  const found = loader.find((path) => existsSync(path));
  if (found) files.push(['lib/libvulkan.so.1', realpathSync(found)]);
  else say('without the Vulkan loader: this machine has none, and the bundle relies on the other machine’s');
  const level = Math.min(9, Math.max(1, quality));
  // Small files lie in the first archive as they are, with Node.js and the program; what that takes says how much more it may hold.
  for (const [path, from] of files) if (!isLarge(from)) copySmall(join(home, path), from);
  const weighed = join(scratch, await archive(scratch, 'base', 'first.tar.gz', ['iterand-gpu'], level));
  const first = statSync(weighed).size;
  rmSync(weighed);
  const packer = new Packer(home, 'iterand-gpu', quality, LARGEST, first);
  for (const [path, from] of files) if (isLarge(from)) packer.add(path, from);
  packer.writeList('base');
  // Unpacked again, the bundle looks at every file's bytes once more.
  writeFileSync(join(home, '.unpacked'), '{}');
  const more: string[] = [];
  for (const { name, pieces } of packer.archives.slice(1)) {
    more.push(await archive(scratch, 'base', `${name}.tar`, pieces.map(inBundle), undefined));
    for (const piece of pieces) rmSync(join(home, piece));
  }
  return [await archive(scratch, 'base', 'iterand-gpu.tar.gz', ['iterand-gpu'], level), ...more];
}

/** The CUDA provider and the engine it belongs to, which take the place of the base's. */
async function packCuda(engine: CudaEngine, scratch: string, { quality }: Settings): Promise<string[]> {
  const home = join(scratch, 'cuda/iterand-gpu');
  mkdirSync(home, { recursive: true });
  const packer = new Packer(home, 'iterand-gpu-cuda', quality, LARGEST);
  say(`the engine ${engine.version} and its CUDA provider ...`);
  for (const [name, folder] of Object.entries(engine.packages))
    for (const path of filesOf(folder))
      if (!path.includes('libonnxruntime_providers_'))
        packer.add(`app/node_modules/${name}/${path}`, join(folder, path));
  for (const library of engine.libraries)
    packer.add(
      `app/node_modules/onnxruntime-node/${engine.binaries}/${library.slice(dirname(library).length + 1)}`,
      library,
    );
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  manifest.peerDependencies['onnxruntime-node'] = engine.version;
  packer.addBytes('app/package.json', Buffer.from(JSON.stringify(manifest, undefined, 1)));
  const list = packer.writeList('cuda');
  const made: string[] = [];
  for (const [i, { name, pieces }] of packer.archives.entries()) {
    const files = [...pieces, ...(i === 0 ? [list] : [])].map(inBundle);
    made.push(await archive(scratch, 'cuda', `${name}.tar`, files, undefined));
  }
  return made;
}

function copySmall(to: string, from: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

async function archive(
  scratch: string,
  folder: string,
  name: string,
  files: readonly string[],
  gzip: number | undefined,
): Promise<string> {
  say(`${name} ...`);
  const options = { file: join(scratch, name), cwd: join(scratch, folder), portable: true };
  await create({ ...options, gzip: gzip === undefined ? false : { level: gzip } }, [...files]);
  return name;
}

/** This Node.js without its symbols, where the machine can remove them. */
function copyNode(to: string): void {
  copyFileSync(process.execPath, to);
  const stripped = spawnSync('strip', [to], { stdio: 'ignore' });
  if (stripped.status !== 0) say('Node.js keeps its symbols: this machine has no strip (binutils)');
}

/** gpu:check and the library, compiled: beside one another as in the sources, so that they find each other. */
function compile(to: string): void {
  const config = join(dirname(to), 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        rootDir: root,
        outDir: to,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [join(root, 'src'), join(root, 'bench/gpu')],
      exclude: [join(root, 'src/explorer')],
    }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const done = spawnSync(process.execPath, [tsc, '-p', config], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the sources do not compile:\n${done.stdout}${done.stderr}`);
  rmSync(config);
}
