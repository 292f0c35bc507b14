// Compiles src/ to dist/ from scratch, bundles the explorer and stamps it, so that scripts/ensure.js can tell when it is stale.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const done = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
  cwd: root,
  stdio: 'inherit',
});
if (done.status !== 0) process.exit(done.status ?? 1);
const explorer = [join(root, 'scripts/explorer.js'), join(root, 'dist/explorer')];
const bundled = spawnSync(process.execPath, explorer, { cwd: root, stdio: 'inherit' });
if (bundled.status !== 0) process.exit(bundled.status ?? 1);
chmodSync(join(root, 'dist/cli/bin.js'), 0o755);
writeFileSync(join(root, 'dist/.built'), '');
