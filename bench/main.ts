import { readdirSync } from 'node:fs';
import { InputError, requireOneOf } from '../src/core/errors.js';
import type { Benchmark } from './lib/benchmark.js';

const here = new URL('.', import.meta.url);
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

async function load(name: string): Promise<Benchmark> {
  const module = (await import(new URL(`${name}.ts`, here).href)) as { readonly benchmark?: Benchmark };
  if (module.benchmark === undefined) throw new Error(`bench/${name}.ts exports no benchmark`);
  return module.benchmark;
}

async function list(): Promise<void> {
  process.stdout.write('Usage: npm run bench -- NAME [options]\n\n');
  const width = Math.max(0, ...names.map((name) => name.length));
  for (const name of names)
    process.stdout.write(`  ${name.padEnd(width)}  ${(await load(name)).description}\n`);
}

const [name, ...args] = process.argv.slice(2);
try {
  if (name === undefined || name === '--help' || name === 'help') await list();
  else await (await load(requireOneOf('benchmark', name, names))).run(args);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}
