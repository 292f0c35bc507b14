import { type Html, html, raw } from './html.js';

const group = String.raw`\{[^{}]*\}|\((?:[^()]|\([^()]*\))*\)|-?[A-Za-z0-9]+'?`;
const script = new RegExp(`([_^])(${group})`);
const words: readonly (readonly [RegExp, string])[] = [
  [/\b(?:eps|epsilon)\b/g, 'ε'],
  [/\bdelta\b/g, 'δ'],
  [/>=/g, '≥'],
  [/<=/g, '≤'],
  [/\bsqrt\(/g, '√('],
  [/\bpi\(/g, 'π('],
];

/** Formulas of plain text, such as `d_{i-1} >= eps^2`, as markup with real sub- and superscripts and Greek letters. */
export function formula(text: string): Html {
  return scripts(words.reduce((t, [pattern, sign]) => t.replaceAll(pattern, sign), text));
}

function scripts(text: string): Html {
  const found = script.exec(text);
  if (found === null) return html`${text}`;
  const [whole, sign, inner = ''] = found;
  const tag = raw(sign === '_' ? 'sub' : 'sup');
  const body = /^[{(]/.test(inner) ? inner.slice(1, -1) : inner;
  const before = text.slice(0, found.index);
  return html`${before}<${tag}>${scripts(body)}</${tag}>${scripts(text.slice(found.index + whole.length))}`;
}
