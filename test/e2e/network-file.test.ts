import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../src/train/networks/builder.js';
import { writeImages } from '../images.js';
import { emptyFolder, iterand } from './cli.js';

const folder = emptyFolder('network-file');
const out = join(folder, 'runs');
const photos = join(folder, 'photos');
const at = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const net = new NetworkBuilder('mine', [3, 8, 8]);
net.conv('conv', 4, { kernel: 3 });
net.relu('relu');
net.flatten('flat');
net.dense('head', 2);
const network = net.build();
const file = at('net.json', JSON.stringify(network));
const settings = [
  '--data',
  `folder:${photos}`,
  '--method',
  'iterand',
  '--epochs',
  '2',
  '--batch',
  '10',
  '--period',
  '3',
];
const train = (...more: string[]) => iterand(['train', ...settings, '--out', out, '--threads', '1', ...more]);

beforeAll(async () => {
  await writeImages(photos);
  mkdirSync(out);
});

test('a described network is trained, listed, resumed, exported and evaluated as any other', async () => {
  const trained = await train('--network-file', file, '--json');
  expect(trained, trained.stderr).toMatchObject({ code: 0 });
  const { paths, result } = JSON.parse(trained.stdout);
  expect(paths.name).toMatch(/^mine-iterand-photos-[0-9a-f]{10}\/seed-1$/);
  expect(JSON.parse(readFileSync(paths.spec, 'utf8')).spec).toMatchObject({
    network,
    width: 1,
    imageSize: 8,
  });
  // The same through a spec file: the same run, finished already.
  const spec = at('spec.json', JSON.stringify({ network }));
  const again = await train('--spec', spec, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ already: true, paths: { name: paths.name } });
  expect((await iterand(['runs', '--out', out])).stdout).toContain(paths.name);
  const ticket = join(folder, 'mine.ticket');
  expect(
    (await iterand(['export', paths.name, '--out', out, '--ticket', ticket, '--threads', '1'])).code,
  ).toBe(0);
  const evaluated = await iterand(['evaluate', ticket, '--threads', '1', '--json']);
  expect(JSON.parse(evaluated.stdout)).toMatchObject(result.test);
}, 300_000);

describe('a wrong file is refused in one line, and nothing is left behind', () => {
  const cyclic = JSON.parse(JSON.stringify(network)) as { layers: { inputs: string[] }[] };
  cyclic.layers[0]!.inputs = ['relu'];
  const cases: readonly [string, string[], RegExp][] = [
    [
      'a cycle',
      ['--network-file', at('cycle.json', JSON.stringify(cyclic))],
      /network 'mine': input 'relu' of layer 'conv'.*cycle/,
    ],
    ['no JSON', ['--network-file', at('text.json', 'conv6')], /--network-file .*text\.json/],
    ['a list', ['--network-file', at('list.json', '[]')], /holds no object/],
    ['a missing file', ['--network-file', join(folder, 'none.json')], /none\.json/],
    ['a name beside it', ['--network-file', file, '--network', 'conv6'], /--network with --network-file/],
    ['a width', ['--network-file', file, '--width', '2'], /--width with --network-file/],
    ['another image size', ['--network-file', file, '--image-size', '16'], /takes images of 8x8 pixels/],
  ];
  for (const [name, more, words] of cases)
    test(name, async () => {
      const before = readdirSync(out);
      const { code, stdout, stderr } = await train(...more);
      expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({
        code: 2,
        stdout: '',
        lines: 1,
      });
      expect(stderr).toMatch(words);
      expect(readdirSync(out)).toEqual(before);
    });
});
