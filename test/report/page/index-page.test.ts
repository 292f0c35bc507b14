import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { indexText } from '../../../src/report/page/index-page.js';
import { temporaryFolder } from '../../train/data/temporary.js';

test('the committed index is that of the committed reports', () =>
  expect(indexText('reports'), 'make it again: npx iterand figure 2 --page').toBe(
    readFileSync('reports/index.html', 'utf8'),
  ));

test('pages go by their own title and answer, documents by their heading, in a fixed order; what is not made is said, what is one’s own left out', () => {
  const reports = temporaryFolder();
  for (const folder of ['figure1', 'figure2-smoke', 'compare', 'other', 'theory', 'bench', 'a notes'])
    mkdirSync(join(reports, folder));
  const page = (title: string) => `<h1>${title}</h1>\n<p class="answer">Answer &amp; <b>more</b></p>`;
  for (const folder of ['figure1', 'figure2-smoke', 'compare', 'other', 'theory'])
    writeFileSync(join(reports, folder, 'index.html'), page(`Page ${folder}`));
  for (const [folder, name] of [
    ['bench', 'b.md'],
    ['bench', 'a.md'],
    ['a notes', 'c.md'],
  ] as const)
    writeFileSync(join(reports, folder, name), `text\n# Heading ${name}\n`);
  writeFileSync(join(reports, 'bench', 'a.json'), '{}');
  writeFileSync(join(reports, 'bench.html'), '');
  const index = indexText(reports);
  expect(index).toContain('<a href="figure1/index.html">Page figure1</a><br>Answer &amp; <b>more</b>');
  expect(index).toContain('<a href="bench/a.md">Heading a.md</a>');
  for (const command of ['figure 2', 'figure 3', 'report --targets'])
    expect(index).toContain(`<code>npx iterand ${command}</code>`);
  const at = ['Page theory', 'report --targets', 'Page figure1', 'Heading a.md', 'Heading b.md'].map((part) =>
    index.indexOf(part),
  );
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  expect(index).not.toMatch(/smoke|compare|other|notes/);
});
