import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS, decodeState, encodeState, fields } from '../../src/explorer/state.js';

describe('a link', () => {
  it('gives back any state, whatever its texts are', () => {
    const states = fc.record(
      Object.fromEntries(fields.map((field) => [field, fc.string({ unit: 'grapheme' })])),
    );
    fc.assert(
      fc.property(states, (texts) => {
        const state = { ...DEFAULTS, ...texts, widths: '3,2' };
        expect(decodeState(`#${encodeState(state)}`)).toEqual(state);
      }),
    );
  });

  it('is readable, and leaves out what is as the page opens', () => {
    expect(encodeState(DEFAULTS)).toContain('widths=784,300,100,10&epsilon=0.1');
    expect(encodeState(DEFAULTS)).toContain('distribution=uniform:1');
    expect(decodeState('')).toEqual(DEFAULTS);
    expect(decodeState('#delta=0.5')).toEqual({ ...DEFAULTS, delta: '0.5' });
  });

  it.each([
    ['#dleta=0.5', "link with 'dleta'", "did you mean 'delta'"],
    ['#a=1', "link with 'a'", 'leave it out'],
    ['#delta=0.5&delta=0.1', "link with two values of 'delta'", 'leave one out'],
    [`#widths=${Array(200).fill('1').join()}`, 'link with 200 widths', 'at most 100'],
  ])('that is damaged, %s, is refused', (hash, what, fix) => {
    expect(() => decodeState(hash)).toThrow(expect.objectContaining({ name: 'InputError' }));
    expect(() => decodeState(hash)).toThrow(what);
    expect(() => decodeState(hash)).toThrow(fix);
  });
});
