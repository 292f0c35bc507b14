import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formula } from '../../../src/report/page/formula.js';
import { html, inlineJson, plainText } from '../../../src/report/page/html.js';

describe('html', () => {
  it('escapes text and keeps markup', () => {
    expect(html`<b>${'a < b & "c"'}</b>${html`<i>x</i>`}${[html`1`, html`2`]}`.markup).toBe(
      '<b>a &lt; b &amp; &quot;c&quot;</b><i>x</i>12',
    );
  });

  it('gives any text back', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(plainText(html`${text}`)).toBe(text.replaceAll(/\s+/g, ' ').trim());
      }),
    );
  });

  it('cannot end the script element that holds JSON', () => {
    const { markup } = inlineJson({ a: '</script><script>alert(1)</script>' });
    expect(markup).not.toContain('<');
    expect(JSON.parse(markup)).toEqual({ a: '</script><script>alert(1)</script>' });
  });
});

describe('formula', () => {
  it.each([
    ['t_i = eps/(2 l d_{i-1} sqrt(d_i))', 't<sub>i</sub> = ε/(2 l d<sub>i-1</sub> √(d<sub>i</sub>))'],
    ['(1-p^2)^(n R^2) >= delta', '(1-p<sup>2</sup>)<sup>n R<sup>2</sup></sup> ≥ δ'],
    ['a < b, R^-2', 'a &lt; b, R<sup>-2</sup>'],
    ['epsilon <= 1', 'ε ≤ 1'],
    ['no formula', 'no formula'],
  ])('%s', (text, markup) => expect(formula(text).markup).toBe(markup));
});
