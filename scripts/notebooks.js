// Executes the notebooks from a clean state with the kernel in scripts/notebooks (tslab), installed on first use. With --write their outputs
// are kept; else they are held against the kept ones: the same kinds of output, and the same text where a notebook says that its text is the same
// everywhere. Names of notebooks choose some. With --install the kernel is made known to the user's Jupyter, and nothing is executed. Needs Jupyter:
// apt-get install --no-install-recommends jupyter-nbconvert jupyter-client python3-ipykernel python3-notebook
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const kernel = join(import.meta.dirname, 'notebooks');
const folder = join(root, 'notebooks');
const python = process.env.ITERAND_PYTHON ?? '/usr/bin/python3';
const write = process.argv.includes('--write');
const only = process.argv.slice(2).filter((argument) => argument.endsWith('.ipynb'));

const scratch = mkdtempSync(join(tmpdir(), 'iterand-notebooks-'));
const env = { ...process.env, JUPYTER_PATH: join(scratch, 'share/jupyter') };

function run(what, command, args, cwd) {
  const done = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (done.status === 0) return;
  console.error(
    `${done.stdout ?? ''}${done.stderr ?? ''}iterand: ${what} failed (${done.error?.message ?? done.status}).`,
  );
  rmSync(scratch, { recursive: true });
  process.exit(1);
}

if (!existsSync(join(kernel, 'node_modules/.package-lock.json')))
  run('npm ci', process.execPath, [process.env.npm_execpath, 'ci', '--no-fund', '--no-audit'], kernel);
// The notebooks import the package by its name, as a user's own notebook does.
const link = join(folder, 'node_modules/iterand');
if (!existsSync(link)) {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, link, 'junction');
}

/** Writes the kernel's description below a prefix; it names the kernel by its path, so that it need not be on PATH. */
function installKernel(prefix) {
  const tslab = join(kernel, 'node_modules/tslab/bin/tslab');
  run('tslab install', process.execPath, [tslab, 'install', '--python', python, '--prefix', prefix], kernel);
  for (const name of ['jslab', 'tslab']) {
    const path = join(prefix, 'share/jupyter/kernels', name, 'kernel.json');
    const spec = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...spec, argv: [process.execPath, tslab, ...spec.argv.slice(1)] }));
  }
}

if (process.argv.includes('--install')) {
  installKernel(join(homedir(), '.local'));
  rmSync(scratch, { recursive: true });
  console.log(
    'The kernels JavaScript and TypeScript are known to Jupyter. Open the notebooks: jupyter lab notebooks',
  );
  process.exit();
}
installKernel(scratch);

/** A plot and the picture behind it are one output: a reader takes the richest that it knows. */
function joined(outputs) {
  return outputs.reduce((all, output) => {
    const last = all.at(-1);
    const picture = output.output_type === 'display_data' && output.data['image/png'] !== undefined;
    if (picture && last?.data?.['application/vnd.plotly.v1+json'] !== undefined)
      Object.assign(last.data, output.data);
    else if (output.output_type === 'stream' && last?.name === output.name) last.text.push(...output.text);
    else all.push(output);
    return all;
  }, []);
}

const textOf = (cell) => (cell.outputs ?? []).flatMap(({ text = [] }) => text).join('');
const kindsOf = (cell) =>
  (cell.outputs ?? []).map(({ output_type, data = {} }) =>
    [output_type, ...Object.keys(data).sort()].join(' '),
  );

/** What went wrong while a notebook was executed: an error, or anything on stderr, where the kernel says what it cannot compile. */
const faults = (name, made) =>
  made.cells.flatMap((cell, i) =>
    (cell.outputs ?? [])
      .filter(({ output_type, name: stream }) => output_type === 'error' || stream === 'stderr')
      .map(({ text, traceback }) => `${name}, cell ${i + 1}: ${(text ?? traceback).join('')}`),
  );

function problems(name, kept, made) {
  return made.cells.flatMap((cell, i) => {
    const before = kept.cells[i];
    const where = `${name}, cell ${i + 1}`;
    if (JSON.stringify(kindsOf(before)) !== JSON.stringify(kindsOf(cell)))
      return [
        `${where}: its outputs are ${kindsOf(cell).join(', ') || 'none'}, kept are ${kindsOf(before).join(', ') || 'none'}`,
      ];
    if (made.metadata.iterand?.sameText && textOf(before) !== textOf(cell))
      return [`${where}: prints\n${textOf(cell)}kept is\n${textOf(before)}`];
    return [];
  });
}

const found = [];
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.ipynb') && (only.length === 0 || only.includes(file)))
  .sort()) {
  const path = join(folder, name);
  const kept = JSON.parse(readFileSync(path, 'utf8'));
  const out = join(scratch, name);
  // In the folder of the notebook, as a person opens it.
  run(
    name,
    python,
    [
      '-m',
      'nbconvert',
      '--to',
      'notebook',
      '--execute',
      '--allow-errors',
      '--ExecutePreprocessor.timeout=600',
      '--output',
      out,
      path,
    ],
    folder,
  );
  const made = JSON.parse(readFileSync(out, 'utf8'));
  for (const cell of made.cells) {
    if (cell.outputs !== undefined) cell.outputs = joined(cell.outputs);
    // When it was executed is no part of it.
    cell.metadata = {};
  }
  made.metadata = kept.metadata;
  found.push(...faults(name, made));
  if (write) writeFileSync(path, `${JSON.stringify(made, null, 1)}\n`);
  else found.push(...problems(name, kept, made));
  console.log(`${name}: executed${write ? ', outputs kept' : ''}`);
}
rmSync(scratch, { recursive: true });
for (const problem of found) console.error(`iterand: ${problem}`);
process.exitCode = found.length > 0 ? 1 : 0;
