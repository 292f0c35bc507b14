import { client, theme } from './client.js';
import { type Html, html, inlineJson, plainText, raw } from './html.js';
import type { Figure, Mark, Panel, ReportPage, Section, Table } from './section.js';
import { style } from './style.js';

/** Where the pages find Plotly: once, beside their folders. */
export const PLOTLY = 'plotly.js';

/** The page as one HTML file; it needs nothing but {@link PLOTLY} in the folder above. */
export function renderPage(page: ReportPage): string {
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<div class="wrap">
<header>
<button type="button" class="theme">Theme</button>
<h1>${page.title}</h1>
${page.answer === undefined ? raw('') : html`<p class="answer">${page.answer}</p>\n`}</header>
<main>
${renderLead(page.lead)}<p class="subtitle">${page.subtitle}</p>
<ul class="findings">
${page.findings.map((finding) => html`<li>${finding}</li>\n`)}</ul>
${renderMenu(page.sections)}${page.sections.map(renderSection)}</main>
<footer>${page.provenance}</footer>
</div>
<script src="../${PLOTLY}"></script>
<script>${raw(theme)}${raw(client)}</script>
</body>
</html>
`.markup
    // An equation does not break at its sign.
    .replaceAll('</i> = ', '</i>\u00a0=\u00a0')}`;
}

/** The links to the sections; for one there is nothing to choose. */
function renderMenu(sections: readonly Section[]): Html {
  if (sections.length < 2) return raw('');
  return html`<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a> `)}</nav>\n`;
}

/** The main figure, its caption below it. */
function renderLead({ id, title, caption, figure, table, ...section }: ReportPage['lead']): Html {
  return html`<section id="${id}" class="lead" aria-label="${title}">
<figure>
${renderFigure(figure, title)}<figcaption>${caption}</figcaption>
</figure>
${table === undefined ? raw('') : renderTable(table, true)}${source(section)}</section>
`;
}

function renderSection(section: Section): Html {
  const { id, title, caption, figure, table, body } = section;
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${
  figure === undefined
    ? html`<p>${caption}</p>\n`
    : html`<figure>
<figcaption>${caption}</figcaption>
${renderFigure(figure, title)}</figure>
`
}${body ?? raw('')}${table === undefined ? raw('') : renderTable(table, figure !== undefined)}${source(section)}</section>
`;
}

function renderFigure({ legend, panels }: Figure, title: string): Html {
  return html`<ul class="legend">${legend.map(({ label, colour, mark }) => html`<li>${key(colour, mark)}<span>${label}</span></li>`)}</ul>
<p class="missing" hidden>The plots need ${PLOTLY} beside the pages: <code>npm start</code> puts it there. Until then the table below has the numbers.</p>
<div class="panels${panels.length === 1 ? ' one' : ''}">
${panels.map((panel) => renderPanel(panel, title))}</div>
`;
}

function renderPanel({ title, data, layout }: Panel, figure: string): Html {
  const name = title === undefined ? figure : `${figure}: ${plainText(title)}`;
  return html`<div class="panel">${title === undefined ? raw('') : html`<h3>${title}</h3>`}<div class="plot" role="img" aria-label="${name}; the table below has its numbers"></div><script type="application/json">${inlineJson({ data, layout }, 6)}</script></div>
`;
}

/** The legend's sample of a mark. */
function key(colour: string, mark: Mark): Html {
  const paint = `var(--${colour.slice(1)})`;
  const line = (dash: string) =>
    html`<line x1="1" x2="27" y1="7" y2="7" stroke="${paint}" stroke-width="2.5" stroke-dasharray="${dash}"/>`;
  const shapes: Readonly<Record<Mark, Html>> = {
    line: line('none'),
    dashed: line('7 4'),
    dotted: line('2 3'),
    point: html`<path d="M14 0V14M10 1H18M10 13H18" stroke="${paint}" stroke-width="1.5"/><circle cx="14" cy="7" r="4" fill="${paint}"/>`,
    dot: html`<circle cx="14" cy="7" r="4" fill="none" stroke="${paint}" stroke-width="2"/>`,
    area: html`<rect x="2" y="1" width="24" height="12" fill="${paint}"/>`,
  };
  return html`<svg width="28" height="14" aria-hidden="true">${shapes[mark]}</svg>`;
}

function renderTable({ caption, head, rows }: Table, folded: boolean): Html {
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="${plainText(caption)}"><table>
<caption>${caption}</caption>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>\n`)}</tbody>
</table></div>
`;
  return folded ? html`<details><summary>The numbers as a table</summary>${table}</details>\n` : table;
}

function source({ command, data }: Pick<Section, 'command' | 'data'>): Html {
  if (command === undefined && data === undefined) return raw('');
  return html`<p class="source">${command === undefined ? raw('') : html`Made by <code>${command}</code>. `}${data === undefined ? raw('') : html`Data: <a href="data/${data.file}">${data.file}</a>.`}</p>
`;
}
