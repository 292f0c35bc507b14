// Packs the package, installs the file in an empty folder as a user would, and holds it to what README says of it.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { exitWith, run, sizeOf, user } from './package-check/user.js';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'iterand-package-'));
const project = join(folder, 'project');
const home = join(project, 'node_modules/iterand');
mkdirSync(project);
const { npm, iterand, node } = user(project);
const started = performance.now();
const say = (line: string) =>
  console.log(`package: ${line} (${((performance.now() - started) / 1e3).toFixed(0)} s)`);
const check = (what: string, right: boolean) => {
  if (!right) exitWith(`package: ${what}: not so`);
};

run(npm(['pack', '--silent', '--pack-destination', folder], root));
const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!);
// This machine's npm may have install scripts off; a user's has not.
run(npm(['install', '--ignore-scripts=false', file]));
check('the engine is not installed unasked', !existsSync(join(project, 'node_modules/onnxruntime-node')));
say(`installed, ${sizeOf(project)}`);

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
check('iterand --version', run(iterand(['--version'])).stdout.trim() === version);
const problem = [
  '--widths',
  '784,300,100,10',
  '--epsilon',
  '0.1',
  '--delta',
  '0.01',
  '--resamplings',
  '1000',
];
const bounds = ['bounds', ...problem, '--json'];
check(
  'iterand bounds prints what it does in the clone',
  run(iterand(bounds)).stdout === run(node([join(root, 'dist/cli/bin.js'), ...bounds])).stdout,
);
check(
  "require('iterand/theory')",
  run(node(['-p', "typeof require('iterand/theory').exactProbability"])).stdout.trim() === 'function',
);
for (const part of ['train', 'sweep', 'report'])
  run(node(['--input-type=module', '-e', `await import('iterand/${part}')`]));
checkTypes();
say('command line, library and types work without the engine');

const conv2 = ['--network', 'conv2', '--width', '0.0625', '--method', 'iterand', '--data', 'mnist'];
const epoch = ['train', ...conv2, '--epochs', '1', '--warmup', '0', '--final-epochs', '0', '--out', 'runs'];
const refused = run(iterand(epoch), 2);
const command = /add it with: npm (install .*)\.\n$/.exec(refused.stderr)?.[1];
check(`training names the command that adds the engine ('${refused.stderr}')`, command !== undefined);
check('a refused start leaves nothing behind', !existsSync(join(project, 'runs')));
run(npm(command!.split(' ')));
say(`engine added by 'npm ${command}', ${sizeOf(project)}`);
check('one epoch on MNIST', /test accuracy after epoch 1/.test(run(iterand(epoch)).stdout));
say('trained one epoch on MNIST');
checkTypes();
for (const example of readme().matchAll(/```js\n(.*?)```/gs))
  run(node(['--input-type=module', '-e', example[1]!]));
for (const page of ['README.md', ...readdirSync(join(home, 'docs')).map((name) => `docs/${name}`)])
  if (page.endsWith('.md')) checkLinks(page);
say("README's examples run, and every link and picture is in the package");
rmSync(folder, { recursive: true });

function readme(): string {
  return readFileSync(join(home, 'README.md'), 'utf8');
}

/** A page's relative links and pictures are files of the package. */
function checkLinks(page: string): void {
  const text = readFileSync(join(home, page), 'utf8');
  for (const [, link] of text.matchAll(/(?:\]\(|src="|srcset=")([^)"#]+)/g))
    if (!/^https?:/.test(link!))
      check(
        `${page} links to ${link}, which is in the package`,
        existsSync(join(home, dirname(page), link!)),
      );
}

/** A consumer's program type-checks, strictly and without skipping declarations, as ES module and as CommonJS. */
function checkTypes(): void {
  const uses = 'const width: number = theory.boundByName("paper").name.length; export { width };';
  const files = {
    'ours.mts': `import * as theory from 'iterand/theory';\nimport { describeNetwork, type Engine } from 'iterand/train';\nimport { planSweep, type SweepPlan, trainingJobs } from 'iterand/sweep';\n${uses}\nexport const network = describeNetwork({ network: 'conv2', width: 1 });\nexport const loss = async (e: Engine): Promise<number> => (await e.step(new Float32Array(1), [0], 0.1)).loss;\nexport const plan: SweepPlan = planSweep({ name: 's', job: 'train' }, 's', [trainingJobs]);\n`,
    'ours.cts': `import theory = require('iterand/theory');\n${uses}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  const common = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--skipLibCheck', 'false'];
  const types = ['--typeRoots', join(root, 'node_modules/@types')];
  const tsc = (args: readonly string[]) =>
    run(node([join(root, 'node_modules/typescript/bin/tsc'), ...common, ...types, ...args]));
  tsc(['--module', 'nodenext', 'ours.mts', 'ours.cts']);
  tsc(['--module', 'esnext', '--moduleResolution', 'bundler', 'ours.mts']);
}
