import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultDataFolder } from '../../src/train/data/open.js';
import { temporaryFolder } from '../train/data/temporary.js';
import { captured } from './captured.js';

describe('lists', () => {
  const bounds = ['bounds', '--epsilon', '0.1', '--delta', '0.1'];
  it.each([
    ['--resamplings', [...bounds, '--widths', '2,2', '--resamplings', '1,'.repeat(1e6).concat('1')]],
    ['--widths', [...bounds, '--widths', '1,'.repeat(1e6).concat('1')]],
  ])('%s with a million values is refused at once', async (name, args) => {
    const { code, stderr } = await captured(args);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `iterand: ${name} with 1000001 values: takes at most 1000; pass fewer, in several commands if need be.\n`,
    );
  });

  it('an empty place in one is no 0', async () => {
    expect((await captured([...bounds, '--widths', '2,,2'])).stderr).toContain("--widths ''");
  });
});

describe('--spec', () => {
  const folder = temporaryFolder();
  const run = async (content: string) => {
    const path = join(folder, 'spec.json');
    writeFileSync(path, content);
    return captured(['train', '--spec', path, '--method', 'sgd']);
  };
  it.each([
    ['[]', 'holds no object'],
    ['null', 'holds no object'],
    ['"conv6"', 'holds no object'],
    ['{"network": "conv6", "network": "conv2"}', "the key 'network' twice"],
    ['{"network": "conv6",}', 'is no JSON'],
    ['{"netwrok": "conv6"}', "did you mean 'network'"],
    // A key of the file stays a key; the option that was given is named as an option.
    ['{"network": "conv6", "data": "mnist", "finalEpochs": 0.5}', 'training spec: finalEpochs 0.5'],
    [
      '{"network": "conv6", "data": "mnist", "sparsity": 0.5}',
      'training spec: sparsity 0.5: means nothing for sgd',
    ],
    ['{"network": "conv6"}', '--data: is missing'],
  ])('%s is refused', async (content, message) => {
    const { code, stdout, stderr } = await run(content);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('ITERAND_DATA', () => {
  const before = process.env.ITERAND_DATA;
  afterEach(() => {
    if (before === undefined) delete process.env.ITERAND_DATA;
    else process.env.ITERAND_DATA = before;
  });
  it('that is empty is an error, not the folder ./data', async () => {
    process.env.ITERAND_DATA = '/images';
    expect(defaultDataFolder()).toBe('/images');
    process.env.ITERAND_DATA = '';
    const { code, stderr } = await captured(['data', 'index', 'cifar10']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'iterand: ITERAND_DATA: is set but empty; unset it, or let it name the folder of the data.\n',
    });
  });
});
