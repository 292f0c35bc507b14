import { describe, expect, it } from 'vitest';
import { readNumber, readNumbers } from '../../src/core/read-number.js';

describe('readNumber', () => {
  it.each([
    ['5', 5],
    ['+5', 5],
    ['-2.5', -2.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['-0', 0],
  ])('reads %s', (text, value) => {
    expect(Object.is(readNumber('--x', text), value)).toBe(true);
  });

  it.each([
    '',
    ' ',
    ' 5',
    '5 ',
    '0x10',
    '0b1',
    '1_000',
    '1,5',
    'Infinity',
    '-Infinity',
    'NaN',
    '1e999',
    '--5',
    '1e',
    '.',
    '٣',
    'five',
  ])("refuses '%s' by the option's name", (text) => {
    expect(() => readNumber('--some-option', text)).toThrow(expect.objectContaining({ name: 'InputError' }));
    expect(() => readNumber('--some-option', text)).toThrow('--some-option');
  });

  it('holds a range, its ends included', () => {
    const range = { whole: true, least: 1, most: 3 } as const;
    expect([readNumber('--x', '1', range), readNumber('--x', '3', range)]).toEqual([1, 3]);
    for (const text of ['0', '4', '1.5']) expect(() => readNumber('--x', text, range)).toThrow('from 1 to 3');
  });
});

it('reads numbers with commas between them', () => {
  expect(readNumbers('--x', '1,2.5,1e3')).toEqual([1, 2.5, 1000]);
  expect(() => readNumbers('--x', '1,,2')).toThrow("--x '': is empty");
  expect(() => readNumbers('--x', Array(1001).fill('1').join())).toThrow('--x with 1001 values');
});
