// Starts gpu:check on a machine without a network: NODE start.mjs [options of gpu:check]. It first unpacks what the archives hold
// packed, once, and uses nothing but the node beside it; the system's own tools only where they are there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';

const home = import.meta.dirname;

function fail(message) {
  console.error(`gpu bundle: ${message}`);
  process.exit(2);
}

/** The bytes of a packed file; undefined where it is damaged. */
function unpacked(packed) {
  try {
    return brotliDecompressSync(packed, { params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } });
  } catch {
    return undefined;
  }
}

/** The lists of packed files: packed-NAME.json of every archive, by name, so that what `cuda` replaces comes after. */
const lists = readdirSync(home)
  .filter((name) => /^packed-.*\.json$/.test(name))
  .sort();
const files = new Map();
for (const name of lists) {
  const list = JSON.parse(readFileSync(join(home, name), 'utf8'));
  for (const file of list.files) files.set(file.path, { ...file, list: name });
}

/** Whether a file is there as it was packed. Its size alone is looked at once a stamp says that its bytes were. */
const stamp = join(home, '.unpacked');
const stamped = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : {};
const done = {};
for (const { path, bytes, sha256, pieces, mode, list } of files.values()) {
  const to = join(home, path);
  if (stamped[path] !== sha256 || !existsSync(to) || statSync(to).size !== bytes) {
    const missing = pieces.filter((piece) => !existsSync(join(home, piece.file)));
    if (missing.length > 0)
      fail(
        `${path} lacks ${missing[0].file} of ${list}; unpack the archive ${missing[0].archive} beside the others.`,
      );
    const packed = Buffer.concat(pieces.map((piece) => readFileSync(join(home, piece.file))));
    const data = unpacked(packed);
    if (data === undefined || createHash('sha256').update(data).digest('hex') !== sha256)
      fail(`${path} is damaged; copy the archives again.`);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(`${to}.tmp`, data);
    chmodSync(`${to}.tmp`, mode);
    renameSync(`${to}.tmp`, to);
  }
  done[path] = sha256;
}
writeFileSync(`${stamp}.tmp`, JSON.stringify(done));
renameSync(`${stamp}.tmp`, stamp);

const env = { ...process.env };
const folders = [];
// The Vulkan loader in the bundle serves where the system has none.
const libraries = [
  '/usr/lib/x86_64-linux-gnu',
  '/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
];
if (!libraries.some((folder) => existsSync(join(folder, 'libvulkan.so.1')))) folders.push(join(home, 'lib'));
// NVIDIA's container images have the driver's description where no loader looks.
const descriptions = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
const elsewhere = '/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json';
const described = descriptions.some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
if (!env.VK_DRIVER_FILES && !env.VK_ICD_FILENAMES && !described && existsSync(elsewhere))
  env.VK_DRIVER_FILES = elsewhere;
if (!env.XDG_RUNTIME_DIR) env.XDG_RUNTIME_DIR = mkdtempSync(join(tmpdir(), 'iterand-gpu-'));
// CUDA's libraries, where PyTorch's wheels brought them.
const find =
  "import glob, os, nvidia; print(':'.join(sorted({os.path.dirname(f) for p in nvidia.__path__ for f in glob.glob(p + '/**/lib*.so*', recursive=True)})))";
const wheels = spawnSync('python3', ['-c', find], { encoding: 'utf8', timeout: 60_000 });
if (wheels.status === 0 && wheels.stdout.trim() !== '') folders.push(wheels.stdout.trim());
if (folders.length > 0) env.LD_LIBRARY_PATH = [...folders, env.LD_LIBRARY_PATH].filter(Boolean).join(':');

const child = spawn(process.execPath, [join(home, 'app/bench/gpu/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env,
});
// The child gets Ctrl-C too, and ends by it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill());
child.on('error', (error) => fail(error.message));
child.on('close', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
