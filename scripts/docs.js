// Writes the API pages of iterand/theory, train, sweep and report from their docstrings: api/index.html. typedoc reads no TypeScript 7 yet,
// so it lies in a folder of its own (scripts/docs) with an older one, installed on first use.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'docs');

function run(what, args, stdio) {
  const done = spawnSync(process.execPath, args, { cwd: folder, stdio, encoding: 'utf8' });
  if (done.status === 0) return;
  console.error(`${done.stdout ?? ''}${done.stderr ?? ''}iterand: ${what} failed.`);
  process.exit(1);
}

if (!existsSync(join(folder, 'node_modules/.package-lock.json')))
  run('npm ci', [process.env.npm_execpath, 'ci', '--no-fund', '--no-audit'], 'inherit');
// Quiet when all is well: it warns of every field of a spec, whose types are inferred and so declared twice.
run('typedoc', [join(folder, 'node_modules/typedoc/bin/typedoc')], 'pipe');
console.log('API pages: api/index.html');
