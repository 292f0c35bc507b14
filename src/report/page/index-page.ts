import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../../core/files.js';
import { theme } from './client.js';
import { type Html, html, raw } from './html.js';
import { style } from './style.js';

/** A report that may have to be made first; the index has them in this order. */
interface Known {
  readonly folder: string;
  readonly title: string;
  readonly command: string;
  /** Why it is listed as not made even where it is. */
  readonly local?: string;
}

const KNOWN: readonly Known[] = [
  { folder: 'theory', title: 'Is Theorem 4.1 true?', command: 'npx iterand report --theory' },
  {
    folder: 'targets',
    title: 'A trained network as the target: when does pruning with re-sampling pay?',
    command: 'npx iterand report --targets',
  },
  {
    folder: 'explorer',
    title: 'Explore the width theorem',
    command: 'npm start',
    local: 'it runs the theory in the browser, is built from the sources, and is not committed',
  },
  {
    folder: 'training',
    title: 'Does randomization help a network trained by pruning alone?',
    command: 'npm start',
    local: 'each machine makes its own: the last bits of a training step depend on the processor',
  },
  { folder: 'figure1', title: 'Figure 1 of the paper', command: 'npx iterand figure 1' },
  { folder: 'figure2', title: 'Figure 2 of the paper', command: 'npx iterand figure 2' },
  { folder: 'figure3', title: 'Figure 3 of the paper', command: 'npx iterand figure 3' },
  {
    folder: 'methods',
    title: 'Does randomization help every way of pruning?',
    command: 'npx iterand figure methods',
  },
];

/** Folders of documents, after them. Whatever else lies there is a user's own, and no part of the index. */
const DOCUMENTS = ['bench', 'gpu'];

/** Writes `<reports>/index.html`. */
export const writeIndex = (reports: string): void =>
  writeAtomic(join(reports, 'index.html'), indexText(reports));

/** The page that links every report that is there and says how the others are made. Its bytes depend on these pages and documents alone. */
export function indexText(reports: string): string {
  const entries = [
    ...KNOWN.map((known) => knownEntry(reports, known)),
    ...DOCUMENTS.flatMap((folder) => documents(reports, folder)),
  ];
  return page(entries);
}

function knownEntry(reports: string, { folder, title, command, local }: Known): Html {
  if (local !== undefined)
    return html`<li><a href="${folder}/index.html">${title}</a><br><code>${command}</code> makes this page; ${local}.</li>\n`;
  const [entry] = pageEntry(reports, folder);
  return (
    entry ??
    html`<li>${title}<br>Not made yet: no run of it is finished. <code>${command}</code> carries them out.</li>\n`
  );
}

/** A page by its own title and answer; none if the folder has no page. */
function pageEntry(reports: string, folder: string): Html[] {
  const path = join(reports, folder, 'index.html');
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const part = (pattern: RegExp) => raw(pattern.exec(text)?.[1] ?? '');
  const title = part(/<h1>(.*?)<\/h1>/s);
  const answer = part(/<p class="answer">(.*?)<\/p>/s);
  const more = answer.markup === '' ? raw('') : html`<br>${answer}`;
  return [html`<li><a href="${folder}/index.html">${title.markup === '' ? folder : title}</a>${more}</li>\n`];
}

/** Documents in Markdown, by their first heading. */
function documents(reports: string, folder: string): Html[] {
  const path = join(reports, folder);
  const names = existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.md')) : [];
  return names.sort().map((name) => {
    const title = /^# (.*)$/m.exec(readFileSync(join(path, name), 'utf8'))?.[1] ?? name;
    return html`<li><a href="${folder}/${name}">${title}</a></li>\n`;
  });
}

const page = (entries: readonly Html[]): string =>
  `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>iterand: reports</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<div class="wrap">
<header>
<button type="button" class="theme">Theme</button>
<h1>Reports</h1>
</header>
<main>
<ul class="findings">
${entries}</ul>
</main>
</div>
<script>${raw(theme)}</script>
</body>
</html>
`.markup
  }`;
