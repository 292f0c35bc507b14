// Installs the locked dependencies and builds dist/ when either is missing or out of date.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const newest = (folder) =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true }).map(
      (e) => statSync(join(e.parentPath ?? e.path, e.name)).mtimeMs,
    ),
  );
const time = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Runs a script with this Node, so that no shell is needed on any system. */
function run(what, args) {
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.status !== 0) {
    console.error(
      `iterand: ${what} failed (${done.error?.message ?? `exit ${done.status ?? done.signal}`}).`,
    );
    process.exit(done.status ?? 1);
  }
}

/** Runs `npm ci` if node_modules is older than the lock file, then the build if dist is older than src. */
export function ensure() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`iterand: Node ${process.versions.node} is too old; install Node 20.19 or newer.`);
    process.exit(2);
  }
  if (time(join(root, 'node_modules/.package-lock.json')) < time(join(root, 'package-lock.json'))) {
    console.error('iterand: installing the locked dependencies (npm ci) ...');
    const npm = process.env.npm_execpath;
    if (npm === undefined) {
      console.error('iterand: run npm ci first, or start with npm start.');
      process.exit(2);
    }
    run('npm ci', [npm, 'ci', '--no-fund', '--no-audit']);
  }
  const stamp = join(root, 'dist/.built');
  if (time(stamp) < Math.max(newest(join(root, 'src')), time(join(root, 'tsconfig.build.json')))) {
    run('the build', [join(root, 'scripts/build.js')]);
  }
}

ensure();
