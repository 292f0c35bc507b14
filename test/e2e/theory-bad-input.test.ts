import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../src/core/safetensors.js';
import { file, folder, iterand } from './shipped.js';

describe('bad input: exit 2, one line that names it, nothing written', () => {
  const simulate = ['simulate', '--epsilon', '0.1', '--delta', '0.1', '--trials', '5'];
  const matrices = (...list: number[][][]) => JSON.stringify({ matrices: list });
  const cases: readonly [string, () => string[], string][] = [
    ['a negative width', () => ['bounds', '--widths', '3,-2', '--epsilon', '0.1', '--delta', '0.1'], '-2'],
    [
      'a fractional width',
      () => ['bounds', '--widths', '3,2.5', '--epsilon', '0.1', '--delta', '0.1'],
      '2.5',
    ],
    ['one width', () => ['bounds', '--widths', '3', '--epsilon', '0.1', '--delta', '0.1'], 'widths 3'],
    ['delta 0', () => ['bounds', '--widths', '3,2', '--epsilon', '0.1', '--delta', '0'], 'delta 0'],
    ['delta 1.5', () => ['bounds', '--widths', '3,2', '--epsilon', '0.1', '--delta', '1.5'], 'delta 1.5'],
    ['delta NaN', () => ['bounds', '--widths', '3,2', '--epsilon', '0.1', '--delta', 'NaN'], '--delta'],
    ['epsilon 2', () => ['bounds', '--widths', '3,2', '--epsilon', '2', '--delta', '0.1'], 'epsilon 2'],
    ['widths NaN', () => ['bounds', '--widths', '3,x', '--epsilon', '0.1', '--delta', '0.1'], '--widths'],
    [
      'an overflow',
      () => ['bounds', '--widths', '1e300,1e300', '--epsilon', '0.1', '--delta', '0.1'],
      '1e+300',
    ],
    ['a large product', () => [...simulate, '--widths', '100000,100000'], '10000000000'],
    ['R 0', () => [...simulate, '--weight', '1', '--resamplings', '0'], 'resamplings 0'],
    ['R 1e10', () => [...simulate, '--weight', '1', '--resamplings', '1e10'], 'resamplings 10000000000'],
    ['a weight above 1', () => [...simulate, '--weight', '1.5'], '--weight 1.5'],
    ['trials 0', () => [...simulate, '--weight', '1', '--trials', '0'], 'trials 0'],
    ['a negative seed', () => [...simulate, '--weight', '1', '--seed', '-1', '--workers', '2'], 'seed -1'],
    ['workers 0', () => [...simulate, '--weight', '1', '--workers', '0'], 'workers 0'],
    ['alpha 1', () => [...simulate, '--weight', '1', '--alpha', '1'], 'alpha 1'],
    [
      'too many samples',
      () => [...simulate, '--widths', '784,300', '--simulator', 'draws', '--workers', '2'],
      'samples',
    ],
    [
      'too many samples of two neurons',
      () => [...simulate, '--existence', '--resamplings', '1e9'],
      'samples',
    ],
    ['a wide bound', () => [...simulate, '--widths', '20000,100000', '--bound', 'paper'], 'hidden width D_1'],
    ['an unknown simulator', () => [...simulate, '--weight', '1', '--simulator', 'guess'], 'guess'],
    [
      'an unknown strategy',
      () => [...simulate, '--weight', '1', '--strategy', 'prodct'],
      "did you mean 'product'",
    ],
    [
      'a bound for sums where one neuron serves',
      () => [...simulate, '--weight', '1', '--bound', 'resampled'],
      "the strategy 'projection' serves a weight by one neuron",
    ],
    ['an unknown bound', () => [...simulate, '--weight', '1', '--bound', 'papr'], "did you mean 'paper'"],
    [
      'sums that outgrow the memory in a thread',
      () => [
        ...['law', '--t', '0.01', '--resamplings', '1', '--trials', '60', '--distribution', 'normal:0.2'],
        ...['--workers', '2', '--json'],
      ],
      'needs sums of more neurons than fit into memory',
    ],
    [
      'an unknown law',
      () => [...simulate, '--weight', '1', '--distribution', 'constructor:1'],
      'constructor:1',
    ],
    ['a bad formula', () => [...simulate, '--weight', '1', '--formula', 'd0 +'], "formula 'd0 +'"],
    ['an unknown name', () => [...simulate, '--weight', '1', '--formula', 'd7'], "'d7'"],
    ['an unknown option', () => [...simulate, '--weight', '1', '--sead', '3'], '--sead'],
    ['an unknown command', () => ['boundz'], 'boundz'],
    ['an unknown claim', () => ['verify', '--claim', 'eq-99'], 'eq-99'],
    ['a missing option', () => ['bounds', '--widths', '1,1', '--delta', '0.1'], '--epsilon'],
    ['a missing file', () => [...simulate, '--target', join(folder, 'none.json')], 'none.json'],
    ['two targets', () => [...simulate, '--weight', '1', '--widths', '1,1'], '--weight'],
    [
      'a file of wrong shapes',
      () => [...simulate, '--target', file('shapes.json', matrices([[0.1, 0.2]], [[0.1, 0.2]]))],
      '1 x 2',
    ],
    [
      'a ragged file',
      () => [...simulate, '--target', file('ragged.json', '{"matrices": [[[1, 2], [3]]]}')],
      'ragged.json',
    ],
    [
      'a file of norm 5',
      () => [...simulate, '--target', file('norm.json', matrices([[3, 4]]))],
      'norm 5.00000',
    ],
    [
      'norm 5 offers rescaling',
      () => [...simulate, '--target', file('norm.json', matrices([[3, 4]]))],
      '--rescale',
    ],
    [
      'other widths than the file',
      () => [...simulate, '--target', file('w.json', matrices([[0.3]])), '--widths', '2,1'],
      '2,1',
    ],
    [
      'safetensors of wrong shapes',
      () => [
        ...simulate,
        '--target',
        file(
          'shapes.safetensors',
          encodeSafetensors([
            ['fc1.weight', { shape: [2, 3], data: new Float32Array(6) }],
            ['fc2.weight', { shape: [1, 3], data: new Float32Array(3) }],
          ]),
        ),
      ],
      'fc2.weight is 1 x 3',
    ],
    [
      'a damaged safetensors file',
      () => [...simulate, '--target', file('cut.safetensors', 'abc')],
      'cut.safetensors',
    ],
  ];

  it.each(cases)('%s', async (_what, args, named) => {
    const { code, stdout, stderr } = await iterand(...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(named);
    expect(stderr).not.toMatch(/ {4}at /);
    // A hint of a similar option may follow on a line of its own.
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('(Did you mean')).length,
    ).toBe(1);
  });

  it.each([
    ['a bad delta', ['--widths', '2,2', '--epsilon', '0.5', '--delta', '2']],
    ['a network too large to draw', ['--widths', '784,300', '--epsilon', '0.1', '--delta', '0.1']],
    ['a bad trial', ['--widths', '2,2', '--epsilon', '0.5', '--delta', '0.1', '--trial', '-1']],
    ['an unknown option', ['--widths', '2,2', '--epsilon', '0.5', '--delta', '0.1', '--nonsense']],
  ])('search --out writes nothing on %s', async (what, args) => {
    const out = join(folder, `${what.replaceAll(' ', '-')}.json`);
    const { code } = await iterand('search', ...args, '--out', out);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('search --out names a place it cannot write, and a kind it does not know', async () => {
    const args = [
      'search',
      '--widths',
      '1,1',
      '--epsilon',
      '1',
      '--delta',
      '0.1',
      '--resamplings',
      '60',
      '--out',
    ];
    const blocked = join(file('a-file', ''), 'x.json');
    for (const out of [blocked, join(folder, 'x.txt')]) {
      const { code, stdout, stderr } = await iterand(...args, out);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(out);
      expect(existsSync(out)).toBe(false);
    }
  });
});
