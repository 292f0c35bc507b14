import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Graph } from '../../src/train/engines/onnx/graph.js';
import { command, emptyFolder } from './cli.js';
import { canTrace, traced } from './trace.js';

if (!canTrace)
  console.warn(
    'SKIPPED: that training reports nothing home is not tested, for strace is missing or not allowed.',
  );

const library = createRequire(import.meta.url).resolve('onnxruntime-node');
/** An empty folder with an empty home in it. */
const folder = () => {
  const made = emptyFolder('trace');
  mkdirSync(join(made, 'home'));
  return made;
};
const outside = (written: readonly string[], runs: string) =>
  written.filter((path) => path !== runs && !path.startsWith(`${runs}/`));

/** Starts onnxruntime on a model of one node, in plain JavaScript. */
function startsOnnxruntime(at: string): string {
  const graph = new Graph();
  graph.output('y', graph.matmul(graph.input('a', [1, 1]), graph.input('b', [1, 1])));
  const model = join(at, 'model.onnx');
  writeFileSync(model, graph.build());
  return `require(${JSON.stringify(library)}).InferenceSession.create(${JSON.stringify(model)}).then((s) => s.release());`;
}

test.runIf(process.env.ITERAND_REQUIRE_STRACE)('strace is there, as CI asks', () =>
  expect(canTrace).toBe(true),
);

describe.skipIf(!canTrace)('under strace, with an empty home', () => {
  // What the trace has to catch, so that an empty one means something.
  test('onnxruntime-node alone writes into the home folder', () => {
    const at = folder();
    const { code, written } = traced([process.execPath, '-e', startsOnnxruntime(at)], at);
    expect(code).toBe(0);
    expect(readdirSync(join(at, 'home'), { recursive: true })).not.toEqual([]);
    expect(written.some((path) => path.startsWith(join(at, 'home')))).toBe(true);
  });

  test('a name that is looked up is seen', () => {
    const { network } = traced(
      [process.execPath, '-e', "require('dns').lookup('iterand.invalid', () => {})"],
      folder(),
    );
    expect(network).not.toEqual([]);
  });

  test('a training run writes into its own folder alone, and looks no name up', { timeout: 300_000 }, () => {
    const at = folder();
    // There before: whether it can be written is tried in the nearest folder that exists.
    mkdirSync(join(at, 'runs'));
    // Long enough: left to itself, onnxruntime writes its files at once and looks its host up 9 s later.
    const settings = ['--network', 'conv2', '--width', '0.0625', '--method', 'iterand', '--data', 'mnist'];
    const length = [
      '--epochs',
      '3',
      '--warmup',
      '0',
      '--final-epochs',
      '0',
      '--period',
      '20',
      '--out',
      join(at, 'runs'),
    ];
    const { code, stderr, written, network } = traced([...command, 'train', ...settings, ...length], at, {
      TSX_DISABLE_CACHE: '1',
    });
    expect(code, stderr).toBe(0);
    expect(written.some((path) => path.endsWith('last.safetensors'))).toBe(true);
    expect(outside(written, join(at, 'runs'))).toEqual([]);
    expect(readdirSync(join(at, 'home'))).toEqual([]);
    expect(network).toEqual([]);
  });
});
