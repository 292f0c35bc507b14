import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { indexText } from '../../../src/report/page/index-page.js';
import { temporaryFolder } from '../../train/data/temporary.js';

test('the committed index is that of the committed reports', () =>
  expect(indexText('reports'), 'make it again: npx iterand figure 2 --page').toBe(
    readFileSync('reports/index.html', 'utf8'),
  ));

test('pages go by their own title and answer, documents by their heading; what is not made is said, what is local left out', () => {
  const reports = temporaryFolder();
  for (const folder of ['figure1', 'figure2-smoke', 'compare', 'notes', 'other'])
    mkdirSync(join(reports, folder));
  const page = (title: string) => `<h1>${title}</h1>\n<p class="answer">Answer &amp; <b>more</b></p>`;
  for (const folder of ['figure1', 'figure2-smoke', 'compare', 'other'])
    writeFileSync(join(reports, folder, 'index.html'), page(`Page ${folder}`));
  writeFileSync(join(reports, 'notes', 'a.md'), 'text\n# A heading\n');
  const index = indexText(reports);
  expect(index).toContain('<a href="figure1/index.html">Page figure1</a><br>Answer &amp; <b>more</b>');
  expect(index).toContain('<a href="other/index.html">Page other</a>');
  expect(index).toContain('<a href="notes/a.md">A heading</a>');
  expect(index).toContain('<code>npx iterand figure 2</code>');
  expect(index).toContain('<code>npx iterand figure 3</code>');
  expect(index).not.toMatch(/smoke|compare/);
});
