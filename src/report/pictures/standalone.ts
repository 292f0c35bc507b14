import type { Data, Layout } from 'plotly.js-dist';
import { plainText } from '../page/html.js';
import type { Figure, Mark } from '../page/section.js';
import { style } from '../page/style.js';

/** A plot that needs no page: what Plotly takes, with its own legend and colours. */
export interface Plot {
  readonly data: readonly Data[];
  readonly layout: Partial<Layout>;
}

/** The panels of a figure as plots that stand alone, in the light theme. */
export function standalonePlots({ legend, panels }: Figure): Plot[] {
  return panels.map(({ data, layout, title }) =>
    coloured({
      data: [...data.map((trace) => ({ ...trace, showlegend: false })), ...legend.map(legendTrace)],
      layout: {
        ...layout,
        showlegend: true,
        legend: { orientation: 'h', y: -0.22 },
        paper_bgcolor: '$page',
        plot_bgcolor: '$page',
        margin: { l: 64, r: 24, t: title === undefined ? 20 : 44, b: 60 },
        ...(title === undefined ? {} : { title: { text: plainText(title), font: { size: 15 } } }),
      },
    }),
  );
}

/** An entry of the page's own legend, as Plotly shows it: a trace without points. */
function legendTrace({ label, colour, mark }: Figure['legend'][number]): Data {
  const dashes: Partial<Record<Mark, string>> = { line: 'solid', dashed: 'dash', dotted: 'dot' };
  const dash = dashes[mark];
  const symbol = mark === 'dot' ? 'circle-open' : mark === 'area' ? 'square' : 'circle';
  return {
    type: 'scatter',
    name: plainText(label),
    x: [null],
    y: [null],
    hoverinfo: 'skip',
    ...(dash === undefined
      ? { mode: 'markers', marker: { color: colour, size: 9, symbol } }
      : { mode: 'lines', line: { color: colour, dash, width: 2.5 } }),
  } as Data;
}

/** The style sheet's colours in the light theme, by variable. */
const COLOURS = new Map(
  [...style.matchAll(/--([\w-]+): light-dark\(((?:[^(),]|\([^)]*\))+),/g)].map(([, name, colour]) => [
    name!,
    colour!,
  ]),
);

/** `$name` replaced by its colour, wherever it stands. */
function coloured<T>(value: T): T {
  if (typeof value === 'string' && value.startsWith('$')) return (COLOURS.get(value.slice(1)) ?? value) as T;
  if (Array.isArray(value)) return value.map(coloured) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, coloured(inner)])) as T;
}
