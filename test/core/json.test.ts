import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/core/json.js';

describe('parseJson', () => {
  it('reads any JSON as JSON.parse does, indented or not', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
        const written = JSON.stringify(JSON.parse(text), null, indent);
        expect(parseJson(written, 'text')).toEqual(JSON.parse(written));
        expect(parseJson(new TextEncoder().encode(written), 'bytes')).toEqual(JSON.parse(written));
      }),
      { numRuns: 300 },
    );
  });

  it('takes equal keys in different objects, in strings, and a byte order mark', () => {
    const text = '{"a": {"a": [{"a": 1}, {"a": "{\\"a\\": 1, \\"a\\": 2}"}]}, "b": {"a": 1e308}}';
    expect(parseJson(Buffer.from(`\uFEFF${text}`), 'file')).toEqual(JSON.parse(text));
  });

  it('reads a long string of many escapes', () => {
    const value = { a: '"\\x'.repeat(2 ** 20) };
    expect(parseJson(JSON.stringify(value), 'text')).toEqual(value);
  });

  it.each([
    ['{"a": 1, "b": 2, "a": 1}', "the key 'a' twice"],
    ['[{"b": {"x": 1,\n"x" : 2}}]', "the key 'x' twice"],
    ['{"a": {"q": 0}, "\\u0061": 2}', "the key 'a' twice"],
    ['{"a": 1e999}', 'the number 1e999'],
    ['[-1E+400]', 'the number -1E+400'],
    [`[${'9'.repeat(400)}]`, 'too large for a double'],
    ['{"a": 1', 'is no JSON'],
    ['', 'is no JSON'],
    ['NaN', 'is no JSON'],
    ['{"a": 01}', 'is no JSON'],
    [Buffer.from([0x22, 0xff, 0x22]), 'is not UTF-8'],
  ])('refuses %s', (text, message) => {
    const attempt = () => parseJson(text, 'file x.json');
    expect(attempt).toThrow(expect.objectContaining({ name: 'InputError', what: 'file x.json' }));
    expect(attempt).toThrow(message);
  });
});
